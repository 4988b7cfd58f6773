/** Follows one Service and its two Deployments, and keeps every state that they were in. */
import {
  AppsV1Api,
  DiscoveryV1Api,
  Watch,
  type KubeConfig,
  type V1Deployment,
  type V1EndpointSlice,
} from '@kubernetes/client-node';
import type { Target } from '../../../src/domain/target.ts';
import { trackDeployment, type ReplicaPair } from '../../../src/domain/track.ts';

/** One state of the Service's endpoints, or of what the Deployments ask for; in the order of the cluster. */
export type Seen =
  | { readonly what: 'ready'; readonly pair: ReplicaPair }
  | { readonly what: 'asked'; readonly pair: ReplicaPair };

export interface TrafficWatch {
  /** Everything that was seen since the start or the last `restart`; the state at that moment comes first. */
  readonly seen: () => readonly Seen[];
  /** Pairs of ready endpoints alone. */
  readonly ready: () => readonly ReplicaPair[];
  readonly asked: () => readonly ReplicaPair[];
  readonly restart: () => void;
  /** Resolves when that is the state: what came before it was seen, too. */
  readonly until: (what: Seen['what'], pair: ReplicaPair, timeoutMs?: number) => Promise<void>;
  /** Resolves once so much has changed since the last `restart`; never, when it does not. */
  readonly untilChanges: (count: number) => Promise<void>;
  readonly stop: () => void;
}

export async function watchTraffic(config: KubeConfig, target: Target): Promise<TrafficWatch> {
  const { namespace } = target.environment;
  const { deployment, kubernetesService } = target.service;
  const canary = trackDeployment(deployment, 'canary');
  const slices = new Map<string, V1EndpointSlice>();
  const asks = new Map<string, number>();
  const waiting = new Set<() => void>();
  let seen: Seen[] = [];
  let broken: Error | undefined;

  /** A watch that ended would have left something out. */
  const whole = (): readonly Seen[] => {
    if (broken !== undefined) throw broken;
    return seen;
  };
  const ended = (error: unknown): void => {
    broken = new Error(`A watch ended before its time: ${String(error)}`);
  };
  const see = (what: Seen['what'], pair: ReplicaPair): void => {
    const last = seen.findLast((each) => each.what === what);
    if (last === undefined || !isSame(last.pair, pair)) seen.push({ what, pair });
    for (const look of [...waiting]) look();
  };
  const readyNow = (): ReplicaPair => {
    const names = [...slices.values()]
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready === true)
      .map(({ targetRef }) => targetRef?.name ?? '');
    const ofCanary = names.filter((name) => name.startsWith(`${canary}-`)).length;
    return { stable: names.length - ofCanary, canary: ofCanary };
  };
  const askedNow = (): ReplicaPair => ({ stable: asks.get(deployment) ?? 0, canary: asks.get(canary) ?? 0 });
  const seeSlice = (type: string, slice: V1EndpointSlice): void => {
    const name = slice.metadata?.name ?? '';
    if (type === 'DELETED') slices.delete(name);
    else slices.set(name, slice);
    see('ready', readyNow());
  };
  const seeDeployment = (type: string, { metadata, spec }: V1Deployment): void => {
    if (type === 'DELETED') asks.delete(metadata?.name ?? '');
    else asks.set(metadata?.name ?? '', spec?.replicas ?? 0);
    see('asked', askedNow());
  };

  const stops = [
    await follow(config, {
      path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
      labelSelector: `kubernetes.io/service-name=${kubernetesService}`,
      list: (labelSelector) =>
        config.makeApiClient(DiscoveryV1Api).listNamespacedEndpointSlice({ namespace, labelSelector }),
      see: seeSlice,
      ended,
    }),
    await follow(config, {
      path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
      labelSelector: '',
      list: (labelSelector) =>
        config.makeApiClient(AppsV1Api).listNamespacedDeployment({ namespace, labelSelector }),
      see: seeDeployment,
      ended,
    }),
  ];

  return {
    seen: whole,
    ready: () => pairs(whole(), 'ready'),
    asked: () => pairs(whole(), 'asked'),
    restart: () => {
      seen = [
        { what: 'ready', pair: readyNow() },
        { what: 'asked', pair: askedNow() },
      ];
    },
    until: (what, pair, timeoutMs = 100_000) =>
      new Promise((resolve, reject) => {
        const now = what === 'ready' ? readyNow : askedNow;
        const look = (): void => {
          if (!isSame(now(), pair)) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve();
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`Never seen ${what}: ${text(pair)}. Last: ${text(now())}.`));
        }, timeoutMs);
        waiting.add(look);
        look();
      }),
    untilChanges: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          // Its first two are where things stood.
          if (seen.length - 2 < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    stop: () => stops.forEach((stop) => stop()),
  };
}

interface Followed<T> {
  readonly path: string;
  readonly labelSelector: string;
  readonly list: (labelSelector: string) => Promise<{
    readonly items: readonly T[];
    readonly metadata?: { readonly resourceVersion?: string };
  }>;
  readonly see: (type: string, object: T) => void;
  readonly ended: (error: unknown) => void;
}

/** From the list on: a watch of the API server leaves no state out. */
async function follow<T>(
  config: KubeConfig,
  { path, labelSelector, list, see, ended }: Followed<T>,
): Promise<() => void> {
  const { items, metadata } = await list(labelSelector);
  items.forEach((item) => see('ADDED', item));
  let stopped = false;
  const query = { labelSelector, resourceVersion: metadata?.resourceVersion ?? '' };
  const request = await new Watch(config).watch(path, query, see, (error: unknown) => {
    if (!stopped) ended(error);
  });
  return (): void => {
    stopped = true;
    request.abort();
  };
}

function pairs(seen: readonly Seen[], what: Seen['what']): readonly ReplicaPair[] {
  return seen.filter((each) => each.what === what).map(({ pair }) => pair);
}

function isSame(one: ReplicaPair, other: ReplicaPair): boolean {
  return one.stable === other.stable && one.canary === other.canary;
}

function text({ stable, canary }: ReplicaPair): string {
  return `${String(stable)} stable + ${String(canary)} canary`;
}
