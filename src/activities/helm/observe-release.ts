/** What Helm's storage says of a release. Reads Secrets of the namespace and nothing else. */
import type { ObservedHelmRelease } from '../../domain/observation.ts';
import { parseJson, type HelmRelease } from './helm-release.ts';
import { readImageTag } from './image-tag.ts';
import { deploymentIn } from './manifest-deployment.ts';
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
  const [values, held] = await Promise.all([
    release.read(['get', 'values', ...of, '--output', 'json'], parseJson),
    release.read(['get', 'manifest', ...of], (manifest) => deploymentIn(manifest, target.service)),
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
    ...(held?.image === undefined ? {} : { manifestImage: held.image }),
    ...(held?.replicas === undefined ? {} : { manifestReplicas: held.replicas }),
  };
}
