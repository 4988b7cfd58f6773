import type { V1Pod } from '@kubernetes/client-node';
import type { ClusterClients } from '../kubernetes/clients.ts';
import { currentReplicaSet, isOwnedBy, ownedReplicaSets, selectorText } from '../kubernetes/deployment.ts';
import type { Scene } from './scene.ts';

export interface TestedPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly ip: string;
  /** What the pod's images are pulled with; a Job's may come from the same registry. */
  readonly imagePullSecrets: readonly { readonly name?: string }[];
}

/**
 * The first ready pod of the Deployment's newest ReplicaSet, by owner references: labels alone may
 * be another workload's. `undefined` when there is none. Throws the client's errors.
 */
export async function findReadyPod({
  clients,
  place: { namespace },
  deployment: name,
}: Pick<Scene, 'clients' | 'place' | 'deployment'>): Promise<TestedPod | undefined> {
  const deployment = await clients.apps.readNamespacedDeployment({ namespace, name });
  const newest = currentReplicaSet(deployment, await ownedReplicaSets(clients, deployment));
  if (newest === undefined) return undefined;
  const labelSelector = selectorText(deployment.spec?.selector);
  const { items } = await clients.core.listNamespacedPod({ namespace, labelSelector });
  const [pod] = items
    .filter((each) => isOwnedBy(each, newest.metadata?.uid) && isReady(each))
    .sort((a, b) => (a.metadata?.name ?? '').localeCompare(b.metadata?.name ?? ''));
  if (pod === undefined) return undefined;
  return {
    namespace,
    name: pod.metadata?.name ?? '',
    uid: pod.metadata?.uid ?? '',
    ip: pod.status?.podIP ?? '',
    imagePullSecrets: pod.spec?.imagePullSecrets ?? [],
  };
}

/** Whether the pod is still the one that was found, and stays. A crash of its server does not make it another. */
export async function isStillThere(
  clients: Pick<ClusterClients, 'core'>,
  { namespace, name, uid }: Pick<TestedPod, 'namespace' | 'name' | 'uid'>,
): Promise<boolean> {
  const fieldSelector = `metadata.name=${name}`;
  const { items } = await clients.core.listNamespacedPod({ namespace, fieldSelector });
  return items.some(
    ({ metadata, status }) =>
      metadata?.uid === uid && metadata.deletionTimestamp === undefined && status?.reason !== 'Evicted',
  );
}

function isReady({ metadata, status }: V1Pod): boolean {
  return (
    metadata?.deletionTimestamp === undefined &&
    status?.phase === 'Running' &&
    status.podIP !== undefined &&
    (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True')
  );
}
