/** Watches every Service and Deployment of a cluster, and keeps what became of each namespace, moment by moment. */
import {
  AppsV1Api,
  DiscoveryV1Api,
  makeInformer,
  type Informer,
  type KubeConfig,
  type V1Deployment,
  type V1EndpointSlice,
} from '@kubernetes/client-node';

export interface Moment {
  /** Milliseconds since the epoch, when it was heard of. */
  readonly at: number;
  /** Ready endpoints of the Service, by Deployment. */
  readonly serving: Readonly<Record<string, number>>;
  /** Available replicas, by Deployment. */
  readonly available: Readonly<Record<string, number>>;
}

export interface CapacityWatch {
  readonly now: (namespace: string) => Moment;
  /** Forgets what was in a namespace, but for what is there now. */
  readonly restart: (namespace: string) => void;
  readonly seen: (namespace: string) => readonly Moment[];
  readonly stop: () => Promise<void>;
}

type Watched = V1Deployment | V1EndpointSlice;

/** One Service a namespace. */
export async function watchCapacity(kube: KubeConfig): Promise<CapacityWatch> {
  const serving = new Map<string, V1EndpointSlice>();
  const deployments = new Map<string, V1Deployment>();
  const moments = new Map<string, Moment[]>();
  const now = (namespace: string): Moment => ({
    at: Date.now(),
    serving: countOf([...serving.values()].filter(isIn(namespace)).flatMap(servedBy)),
    available: countOf([...deployments.values()].filter(isIn(namespace)).map(availableOf)),
  });
  /** Of others on this cluster nothing is kept. */
  const look = (namespace: string) => moments.get(namespace)?.push(now(namespace));
  const keep = <T extends Watched>(known: Map<string, T>, informer: Informer<T>) => {
    informer.on('change', (object) => {
      known.set(object.metadata?.uid ?? '', object);
      look(object.metadata?.namespace ?? '');
    });
    informer.on('delete', (object) => {
      known.delete(object.metadata?.uid ?? '');
      look(object.metadata?.namespace ?? '');
    });
    return keepWatching(informer);
  };
  const apps = kube.makeApiClient(AppsV1Api);
  const discovery = kube.makeApiClient(DiscoveryV1Api);
  const stops = await Promise.all([
    keep(
      deployments,
      makeInformer(kube, '/apis/apps/v1/deployments', () => apps.listDeploymentForAllNamespaces()),
    ),
    keep(
      serving,
      makeInformer(kube, '/apis/discovery.k8s.io/v1/endpointslices', () =>
        discovery.listEndpointSliceForAllNamespaces(),
      ),
    ),
  ]);
  return {
    now,
    restart: (namespace) => {
      moments.set(namespace, []);
      look(namespace);
    },
    seen: (namespace) => moments.get(namespace) ?? [],
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function isIn(namespace: string) {
  return ({ metadata }: Watched) => metadata?.namespace === namespace;
}

/** A pod's name ends with its ReplicaSet's hash and its own. */
function servedBy({ endpoints }: V1EndpointSlice): [string, number][] {
  return (endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready === true)
    .map(({ targetRef }) => [(targetRef?.name ?? '').replace(/-[^-]+-[^-]+$/, ''), 1]);
}

function availableOf({ metadata, status }: V1Deployment): [string, number] {
  return [metadata?.name ?? '', status?.availableReplicas ?? 0];
}

function countOf(entries: readonly [string, number][]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [name, count] of entries) counts[name] = (counts[name] ?? 0) + count;
  return counts;
}

const againMilliseconds = 200;

/** An informer ends with the first error; the API server may be away on purpose. */
async function keepWatching<T extends Watched>(informer: Informer<T>): Promise<() => Promise<void>> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const again = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      informer.start().catch(again);
    }, againMilliseconds);
  };
  informer.on('error', again);
  await informer.start();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await informer.stop();
  };
}
