import type { Problem } from '../../domain/observation.ts';
import type { ClusterClients } from './clients.ts';
import { look } from './look.ts';
import { metadataOnly } from './metadata-only.ts';
import type { References } from './references.ts';

/** One problem for each Secret and ConfigMap that is referenced and missing. Reads metadata only. */
export async function checkReferences(
  clients: ClusterClients,
  namespace: string,
  { secrets, configMaps }: References,
): Promise<readonly Problem[]> {
  const options = metadataOnly('object');
  const looks = [
    ...secrets.map(async (name) => ({
      kind: 'Secret',
      name,
      seen: await look(() => clients.core.readNamespacedSecret({ name, namespace }, options)),
    })),
    ...configMaps.map(async (name) => ({
      kind: 'ConfigMap',
      name,
      seen: await look(() => clients.core.readNamespacedConfigMap({ name, namespace }, options)),
    })),
  ];
  return (await Promise.all(looks))
    .filter(({ seen }) => seen.state === 'missing')
    .map(({ kind, name }) => ({
      rule: kind === 'Secret' ? 'secret-missing' : 'config-map-missing',
      message: `${kind} ${name}, which the workload references, does not exist in namespace ${namespace}: new pods would not start`,
      remedy: `create it, or mark the reference optional`,
    }));
}
