import type { ConfigurationOptions } from '@kubernetes/client-node';
import type { ClusterClients } from './clients.ts';
import { look, type Look } from './look.ts';
import { metadataOnly } from './metadata-only.ts';
import type { References } from './references.ts';

export interface SeenReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly seen: Look<unknown>;
}

/** Whether each Secret and ConfigMap is there. Reads metadata only. */
export async function lookAtReferences(
  clients: Pick<ClusterClients, 'core'>,
  namespace: string,
  { secrets, configMaps }: References,
  base?: ConfigurationOptions,
): Promise<readonly SeenReference[]> {
  const options = metadataOnly('object', base);
  return Promise.all([
    ...secrets.map(async (name) => ({
      kind: 'Secret' as const,
      name,
      seen: await look(() => clients.core.readNamespacedSecret({ name, namespace }, options)),
    })),
    ...configMaps.map(async (name) => ({
      kind: 'ConfigMap' as const,
      name,
      seen: await look(() => clients.core.readNamespacedConfigMap({ name, namespace }, options)),
    })),
  ]);
}
