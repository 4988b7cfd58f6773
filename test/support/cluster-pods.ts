import { CoreV1Api, type V1Pod } from '@kubernetes/client-node';
import type { TestCluster } from './cluster.ts';
import { untilSeen } from './cluster-watch.ts';

export interface PodWish {
  readonly namespace: string;
  readonly wish: string;
  readonly timeoutMs?: number;
}

/** Watches until the predicate holds for a pod of the namespace, and answers that pod. */
export async function untilAPod(
  cluster: TestCluster,
  { namespace, ...wish }: PodWish,
  holds: (pod: V1Pod) => boolean,
): Promise<V1Pod> {
  return untilSeen(cluster, { path: `/api/v1/namespaces/${namespace}/pods`, ...wish }, holds);
}

export function isReady(pod: V1Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
}

/** Resolves when that many pods of the namespace are ready, and answers them. */
export async function untilReady(cluster: TestCluster, namespace: string, count: number): Promise<V1Pod[]> {
  const ready = new Map<string, V1Pod>();
  await untilAPod(cluster, { namespace, wish: `${String(count)} ready pods` }, (pod) => {
    if (isReady(pod)) ready.set(pod.metadata?.name ?? '', pod);
    return ready.size >= count;
  });
  return [...ready.values()];
}

export async function podsOf(cluster: TestCluster, namespace: string): Promise<V1Pod[]> {
  return (await cluster.config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace })).items;
}
