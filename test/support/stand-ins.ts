/** Where the simulated pods of some namespaces answer, as KWOK's own resources say. */
import { CoreV1Api, CustomObjectsApi, type KubeConfig } from '@kubernetes/client-node';
import { isReady } from './cluster-pods.ts';

/** One that is ready: it gets traffic and is scraped. */
export interface StandInAddress {
  readonly namespace: string;
  readonly pod: string;
  /** On loopback. */
  readonly apiPort: number;
  readonly metricsPort: number;
}

export interface StandIns {
  list(): Promise<readonly StandInAddress[]>;
}

const metricsPort = 9090;

interface PortForward {
  readonly metadata?: { readonly name?: string };
  readonly spec?: {
    readonly forwards?: readonly {
      readonly ports?: readonly number[];
      readonly target?: { readonly port?: number };
    }[];
  };
}

export function findStandIns(config: KubeConfig, namespaces: readonly string[]): StandIns {
  const core = config.makeApiClient(CoreV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);
  const inNamespace = async (namespace: string): Promise<readonly StandInAddress[]> => {
    const [pods, forwards] = await Promise.all([
      core.listNamespacedPod({ namespace }),
      custom.listNamespacedCustomObject({
        ...{ group: 'kwok.x-k8s.io', version: 'v1alpha1', plural: 'portforwards', namespace },
      }) as Promise<{ readonly items: readonly PortForward[] }>,
    ]);
    const ready = new Set(pods.items.filter(isReady).map(({ metadata }) => metadata?.name));
    return forwards.items.flatMap(({ metadata, spec }) => {
      const pod = metadata?.name;
      if (pod === undefined || !ready.has(pod)) return [];
      const all = spec?.forwards ?? [];
      const metrics = all.find(({ ports }) => ports?.includes(metricsPort));
      const api = all.find(({ ports }) => ports === undefined);
      if (metrics?.target?.port === undefined || api?.target?.port === undefined) return [];
      return [{ namespace, pod, apiPort: api.target.port, metricsPort: metrics.target.port }];
    });
  };
  return { list: async () => (await Promise.all(namespaces.map(inNamespace))).flat() };
}
