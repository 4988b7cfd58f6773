/** The service's Deployment in a manifest of several YAML documents: what it says, and how its replicas are set. */
import { isMap, isScalar, parseAllDocuments, type YAMLMap } from 'yaml';
import { z } from 'zod';

const deploymentSchema = z.object({
  kind: z.literal('Deployment'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    replicas: z.number().nullish(),
    template: z.object({
      spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string().optional() })) }),
    }),
  }),
});

export interface ManifestDeployment {
  /** Of the container; absent when there is none. */
  readonly image?: string;
  /** Absent where the chart leaves them to an autoscaler. */
  readonly replicas?: number;
}

/** `undefined` when the manifest holds no such Deployment. */
export function deploymentIn(
  manifest: string,
  { deployment, container }: { readonly deployment: string; readonly container: string },
): ManifestDeployment | undefined {
  const found = find(manifest, deployment)?.parsed.spec;
  if (found === undefined) return undefined;
  const image = found.template.spec.containers.find(({ name }) => name === container)?.image;
  return {
    ...(image === undefined ? {} : { image }),
    ...(typeof found.replicas === 'number' ? { replicas: found.replicas } : {}),
  };
}

/**
 * The manifest with other replicas, and every other character as it was: printing it anew could change
 * what it means, for helm reads an older YAML. `undefined` where that cannot be done.
 */
export function withReplicas(manifest: string, deployment: string, replicas: number): string | undefined {
  const spec = find(manifest, deployment)?.spec;
  if (!isMap(spec) || spec.flow === true) return undefined;
  const edited = edit(manifest, spec, replicas);
  if (edited === undefined || find(edited, deployment)?.parsed.spec.replicas !== replicas) return undefined;
  return edited;
}

function edit(manifest: string, spec: YAMLMap, replicas: number): string | undefined {
  const put = (from: number, to: number, text: string) =>
    `${manifest.slice(0, from)}${text}${manifest.slice(to)}`;
  const pair = spec.items.find(({ key }) => isScalar(key) && key.value === 'replicas');
  if (pair !== undefined) {
    const range = isScalar(pair.value) ? pair.value.range : undefined;
    if (range === undefined || range === null) return undefined;
    // An empty value begins right after the colon.
    return put(range[0], range[1], range[0] === range[1] ? ` ${replicas}` : String(replicas));
  }
  const first = spec.items[0]?.key;
  const start = isScalar(first) ? first.range?.[0] : undefined;
  if (start === undefined) return undefined;
  const indent = manifest.slice(manifest.lastIndexOf('\n', start - 1) + 1, start);
  return put(start, start, `replicas: ${replicas}\n${indent}`);
}

function find(manifest: string, name: string) {
  for (const document of parseAllDocuments(manifest)) {
    const parsed = deploymentSchema.safeParse(document.toJS());
    if (parsed.success && parsed.data.metadata.name === name) {
      return { parsed: parsed.data, spec: document.get('spec') };
    }
  }
  return undefined;
}
