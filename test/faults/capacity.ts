/** Watches every Deployment and Service of a cluster, and remembers the worst moment of each namespace. */
import {
  AppsV1Api,
  DiscoveryV1Api,
  makeInformer,
  type KubeConfig,
  type Informer,
  type V1Deployment,
  type V1EndpointSlice,
} from '@kubernetes/client-node';

export interface Lowest {
  /** How far available replicas fell below the wanted ones: 0 when never. */
  readonly missing: number;
  /** Endpoints of the Service that were ready. */
  readonly readyEndpoints: number;
}

export interface CapacityWatch {
  /** Forgets what was seen in a namespace until now. */
  readonly restart: (namespace: string) => void;
  readonly lowest: (namespace: string) => Lowest;
  readonly stop: () => Promise<void>;
}

/** One Deployment and one Service a namespace. */
export async function watchCapacity(kube: KubeConfig): Promise<CapacityWatch> {
  const missing = lowestOf((a, b) => Math.max(a, b));
  const ready = lowestOf((a, b) => Math.min(a, b));
  const apps = kube.makeApiClient(AppsV1Api);
  const discovery = kube.makeApiClient(DiscoveryV1Api);

  const deployments = makeInformer<V1Deployment>(kube, '/apis/apps/v1/deployments', () =>
    apps.listDeploymentForAllNamespaces(),
  );
  deployments.on('change', ({ metadata, spec, status }) => {
    missing.see(metadata?.namespace, (spec?.replicas ?? 1) - (status?.availableReplicas ?? 0));
  });
  const slices = makeInformer<V1EndpointSlice>(kube, '/apis/discovery.k8s.io/v1/endpointslices', () =>
    discovery.listEndpointSliceForAllNamespaces(),
  );
  slices.on('change', ({ metadata, endpoints }) => {
    ready.see(
      metadata?.namespace,
      (endpoints ?? []).filter(({ conditions }) => conditions?.ready === true).length,
    );
  });
  const stops = [await keepWatching(deployments), await keepWatching(slices)];

  return {
    restart: (namespace) => {
      missing.restart(namespace);
      ready.restart(namespace);
    },
    lowest: (namespace) => ({ missing: missing.worst(namespace), readyEndpoints: ready.worst(namespace) }),
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

const againMilliseconds = 200;

/** An informer ends with the first error; the API server may be away on purpose. */
async function keepWatching<T extends V1Deployment | V1EndpointSlice>(
  informer: Informer<T>,
): Promise<() => Promise<void>> {
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

function lowestOf(worse: (a: number, b: number) => number) {
  const worst = new Map<string, number>();
  return {
    see: (namespace = '', value: number) => {
      worst.set(namespace, worse(worst.get(namespace) ?? value, value));
    },
    restart: (namespace: string) => worst.delete(namespace),
    worst: (namespace: string) => {
      const value = worst.get(namespace);
      if (value === undefined) throw new Error(`Nothing was seen in namespace ${namespace}.`);
      return value;
    },
  };
}
