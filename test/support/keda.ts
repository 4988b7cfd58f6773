/** KEDA's ScaledObject as a resource alone: no operator acts on it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiException, ApiextensionsV1Api, CustomObjectsApi } from '@kubernetes/client-node';
import type { TestCluster } from './cluster.ts';

export const scaledObjects = { group: 'keda.sh', version: 'v1alpha1', plural: 'scaledobjects' } as const;

/** Resolves when the API server serves it; for a cluster of the caller's own. */
export async function installKeda({ config }: TestCluster): Promise<void> {
  const { group, version: name, plural } = scaledObjects;
  const spec = { type: 'object', x_kubernetes_preserve_unknown_fields: true };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } };
  await config.makeApiClient(ApiextensionsV1Api).createCustomResourceDefinition({
    body: {
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural, singular: 'scaledobject', kind: 'ScaledObject' },
        versions: [{ name, served: true, storage: true, schema }],
      },
    },
  });
  const objects = config.makeApiClient(CustomObjectsApi);
  // A definition is established before it is served, and nothing tells when it is.
  for (;;) {
    try {
      await objects.listClusterCustomObject({ ...scaledObjects });
      return;
    } catch (error) {
      if (!(error instanceof ApiException) || ![404, 429, 503].includes(error.code)) throw error;
      await sleep(50);
    }
  }
}
