/** KEDA's ScaledObject: a custom resource, so its shape is read with care. */
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { ClusterClients } from './clients.ts';
import type { DeploymentRef } from './deployment.ts';
import { fieldManager } from './deployment.ts';
import { recordOf, recordPatch } from './scaler.ts';
import type { Scaler } from './scaler.ts';
import { unlessMissing } from './unless-missing.ts';

const resource = { group: 'keda.sh', version: 'v1alpha1', plural: 'scaledobjects' } as const;
const paused = 'autoscaling.keda.sh/paused';
/** Takes precedence over `paused`: KEDA would keep scaling to its number. */
const pausedReplicas = 'autoscaling.keda.sh/paused-replicas';

export interface ScaledObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly scaleTargetRef?: {
      readonly apiVersion?: string;
      readonly kind?: string;
      readonly name?: string;
    };
  };
}

/** Those that scale this Deployment; none where the cluster has no KEDA. */
export async function findScaledObjects(
  clients: ClusterClients,
  { name, namespace }: DeploymentRef,
): Promise<readonly ScaledObject[]> {
  return (await scaledObjectsOf(clients, namespace)).filter(({ spec }) => {
    // A Deployment of apps/v1 is what KEDA takes a bare name for.
    const { apiVersion = 'apps/v1', kind = 'Deployment', name: scaled } = spec?.scaleTargetRef ?? {};
    return kind === 'Deployment' && apiVersion.startsWith('apps/') && scaled === name;
  });
}

/** By a list: one right less. */
export async function readScaledObject(
  clients: ClusterClients,
  { name, namespace }: DeploymentRef,
): Promise<ScaledObject | undefined> {
  return (await scaledObjectsOf(clients, namespace)).find(({ metadata }) => metadata.name === name);
}

async function scaledObjectsOf(clients: ClusterClients, namespace: string): Promise<readonly ScaledObject[]> {
  const list: unknown = await unlessMissing(() =>
    clients.custom.listNamespacedCustomObject({ ...resource, namespace }),
  );
  const { items = [] } = (list ?? {}) as { readonly items?: readonly ScaledObject[] };
  return items;
}

export function scaledObjectScaler(clients: ClusterClients, { metadata }: ScaledObject): Scaler {
  const { name, namespace, resourceVersion, annotations = {} } = metadata;
  return {
    kind: 'ScaledObject',
    name,
    settings: {
      [paused]: annotations[paused] ?? null,
      [pausedReplicas]: annotations[pausedReplicas] ?? null,
    },
    record: recordOf(metadata),
    pinned: () => ({ [paused]: 'true', [pausedReplicas]: null }),
    write: async (settings, record) => {
      const body = { metadata: { resourceVersion, annotations: { ...settings, ...recordPatch(record) } } };
      await clients.custom.patchNamespacedCustomObject(
        { ...resource, namespace, name, body, fieldManager },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
    },
  };
}
