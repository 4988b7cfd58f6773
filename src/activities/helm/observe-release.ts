/** What Helm's storage says of a release. Reads Secrets of the namespace and nothing else. */
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { ObservedHelmRelease } from '../../domain/observation.ts';
import { parseJson, type HelmRelease } from './helm-release.ts';
import { readImageTag } from './image-tag.ts';
import { inForce, newest } from './release-history.ts';

/**
 * `undefined` when there is no such release. `imageTag` and the manifest's facts are of the revision in
 * force, so that they can be held against the cluster; values and manifest stay within this call.
 */
export async function observeRelease(release: HelmRelease): Promise<ObservedHelmRelease | undefined> {
  const { spec, target } = release;
  const history = await release.history();
  if (history === undefined) return undefined;

  const last = newest(history);
  const deployed = inForce(history) ?? last;
  const of = [spec.release, '--revision', String(deployed.revision)];
  const { deployment, container } = target.service;
  const [values, held] = await Promise.all([
    release.read(['get', 'values', ...of, '--output', 'json'], parseJson),
    release.read(['get', 'manifest', ...of], (manifest) => ({
      image: manifestImage(manifest, deployment, container),
      replicas: deploymentIn(manifest, deployment)?.spec.replicas,
    })),
  ]);
  const imageTag = readImageTag(values, spec.imageTagValue);
  return {
    name: spec.release,
    revision: last.revision,
    status: last.status,
    deployedRevision: deployed.revision,
    chart: last.chart,
    updatedAt: last.updatedAt,
    ...(imageTag === undefined ? {} : { imageTag }),
    ...(held.image === undefined ? {} : { manifestImage: held.image }),
    ...(held.replicas === undefined ? {} : { manifestReplicas: held.replicas }),
  };
}

const deploymentSchema = z.object({
  kind: z.literal('Deployment'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    replicas: z.number().optional(),
    template: z.object({
      spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string().optional() })) }),
    }),
  }),
});

/** Image of one container of one Deployment in a manifest of several YAML documents. */
export function manifestImage(manifest: string, deployment: string, container: string): string | undefined {
  const containers = deploymentIn(manifest, deployment)?.spec.template.spec.containers ?? [];
  return containers.find(({ name }) => name === container)?.image;
}

function deploymentIn(manifest: string, name: string): z.output<typeof deploymentSchema> | undefined {
  for (const document of parseAllDocuments(manifest)) {
    const parsed = deploymentSchema.safeParse(document.toJS());
    if (parsed.success && parsed.data.metadata.name === name) return parsed.data;
  }
  return undefined;
}
