import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { ClusterClients } from './clients.ts';
import { fieldManager } from './deployment.ts';
import { recordOf, recordPatch } from './scaler.ts';
import type { Scaler } from './scaler.ts';

/** An HPA has no switch; the same number as its minimum and maximum leaves it nothing to decide. */
export function hpaScaler(clients: ClusterClients, { metadata, spec }: V2HorizontalPodAutoscaler): Scaler {
  const { name = '', namespace = '', resourceVersion } = metadata ?? {};
  return {
    kind: 'HorizontalPodAutoscaler',
    name,
    settings: { minReplicas: spec?.minReplicas ?? null, maxReplicas: spec?.maxReplicas ?? null },
    record: recordOf(metadata),
    // Its least is 1; a Deployment at 0 is left alone by the controller.
    pinned: (replicas) => ({ minReplicas: Math.max(replicas, 1), maxReplicas: Math.max(replicas, 1) }),
    write: async (settings, record) => {
      const body = {
        metadata: { resourceVersion, annotations: recordPatch(record) },
        spec: settings,
      };
      await clients.autoscaling.patchNamespacedHorizontalPodAutoscaler(
        { name, namespace, body, fieldManager },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
    },
  };
}
