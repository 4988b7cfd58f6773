/** How many more pods of one kind a namespace's quotas let start. */
import type { ObservedPodRoom } from './observation.ts';
import { parseQuantity } from './quantity.ts';

type Quantities = Readonly<Record<string, string>>;

export interface QuotaFacts {
  readonly name: string;
  readonly hard: Quantities;
  readonly used: Quantities;
}

interface Resources {
  readonly requests?: Quantities;
  readonly limits?: Quantities;
}

export interface PodFacts {
  /** Containers, and init containers that go on running beside them. */
  readonly containers: readonly Resources[];
  /** Init containers that end before the containers start. */
  readonly initContainers: readonly Resources[];
}

/** The quota that ends first; `undefined` when none counts such pods. */
export function podRoom(quotas: readonly QuotaFacts[], pod: PodFacts): ObservedPodRoom | undefined {
  const rooms = quotas.flatMap(({ name, hard, used }) =>
    Object.entries(hard).flatMap(([resource, limit]) => {
      const pods = roomFor(
        resource,
        (parseQuantity(limit) ?? 0) - (parseQuantity(used[resource] ?? '0') ?? 0),
        pod,
      );
      return pods === undefined ? [] : [{ pods, because: `ResourceQuota ${name} (${resource})` }];
    }),
  );
  return rooms.sort((a, b) => a.pods - b.pods)[0];
}

const perPod = ['pods', 'count/pods'];
/** A release makes one Deployment, and a ReplicaSet in it. */
const perTrack = ['count/deployments.apps', 'count/replicasets.apps'];
/** Written without `requests.` they mean the requests all the same. */
const requestsAlone = ['cpu', 'memory', 'ephemeral-storage'];

function roomFor(resource: string, left: number, pod: PodFacts): number | undefined {
  if (perPod.includes(resource)) return Math.max(0, Math.floor(left));
  if (perTrack.includes(resource)) return left >= 1 ? undefined : 0;
  const [, kind = 'requests', name = resource] = /^(requests|limits)\.(.+)$/.exec(resource) ?? [];
  if (resource === name && !requestsAlone.includes(name)) return undefined;
  const needed = neededBy(pod, kind as keyof Resources, name);
  // Sums of thousandths are not exact: a pod that fits exactly must not be lost to that.
  return needed === 0 ? undefined : Math.max(0, Math.floor(left / needed + 1e-9));
}

function neededBy({ containers, initContainers }: PodFacts, kind: keyof Resources, name: string): number {
  const of = (container: Resources) => parseQuantity(container[kind]?.[name] ?? '0') ?? 0;
  const running = containers.reduce((sum, container) => sum + of(container), 0);
  return Math.max(running, ...initContainers.map(of));
}
