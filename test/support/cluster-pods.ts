import { ApiException, CoreV1Api, type V1Container, type V1Pod } from '@kubernetes/client-node';
import type { TestCluster } from './cluster.ts';
import { untilSeen } from './cluster-watch.ts';
import { eventually } from './eventually.ts';

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

/**
 * Resolves when the API server refuses a pod in these words: it learns of policies, limits and labels a moment after
 * they are there. `container` is what is wrong with the pod, if anything is.
 */
export async function untilRefused(
  core: CoreV1Api,
  namespace: string,
  words: RegExp,
  container: Partial<V1Container> = {},
): Promise<void> {
  const body = {
    metadata: { name: 'probe' },
    spec: { containers: [{ name: 'probe', image: 'example/shop:4.1.0', ...container }] },
  };
  const said = async (): Promise<string> => {
    try {
      await core.createNamespacedPod({ namespace, body, dryRun: 'All' });
      return 'it would be admitted';
    } catch (error) {
      if (error instanceof ApiException) return error.message;
      throw error;
    }
  };
  await eventually(said, (each) => words.test(each));
}

export async function podsOf(cluster: TestCluster, namespace: string): Promise<V1Pod[]> {
  return (await cluster.config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace })).items;
}
