import { CoreV1Api, Watch, type V1Pod } from '@kubernetes/client-node';
import type { TestCluster } from './cluster.ts';

export interface PodWish {
  readonly namespace: string;
  /** Said when it does not come true. */
  readonly wish: string;
  readonly timeoutMs?: number;
}

/** Watches until the predicate holds for a pod of the namespace, and answers that pod. */
export async function untilAPod(
  cluster: TestCluster,
  { namespace, wish, timeoutMs = 30_000 }: PodWish,
  holds: (pod: V1Pod) => boolean,
): Promise<V1Pod> {
  const watch = new Watch(cluster.config);
  let last = 'no pod';
  const stop = new AbortController();
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Not seen: ${wish}. Last: ${last}`)), timeoutMs);
      stop.signal.addEventListener('abort', () => clearTimeout(timer));
      const seen = (_: string, pod: V1Pod) => {
        last = JSON.stringify(pod.status?.containerStatuses ?? pod.status);
        if (holds(pod)) resolve(pod);
      };
      const ended = (error: unknown) =>
        reject(new Error(`The watch ended before: ${wish} (${String(error)})`));
      watch.watch(`/api/v1/namespaces/${namespace}/pods`, {}, seen, ended).then((request) => {
        if (stop.signal.aborted) request.abort();
        else stop.signal.addEventListener('abort', () => request.abort());
      }, reject);
    });
  } finally {
    stop.abort();
  }
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
