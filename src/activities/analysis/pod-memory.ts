import { isActive, type ObservedPod } from '../../domain/check-observation.ts';

/** What looks at one track's pods add up to. A new attempt of the activity begins anew. */
export interface PodMemory {
  see(pods: readonly ObservedPod[], now: number): void;
  /** Of all pods seen, also those that are gone: their series still count. */
  readonly names: () => readonly string[];
  /** Of all containers of all pods seen. */
  readonly restarts: () => number;
  /** By pod name, how long it has not been ready without a break. */
  readonly unreadySeconds: (now: number) => Readonly<Record<string, number>>;
}

export function createPodMemory(): PodMemory {
  const restarts = new Map<string, number>();
  const names = new Set<string>();
  let unreadySince = new Map<string, number>();
  return {
    see: (pods, now) => {
      for (const { name, uid, containers } of pods) {
        names.add(name);
        restarts.set(
          uid,
          containers.reduce((sum, container) => sum + container.restarts, 0),
        );
      }
      const unready = pods.filter((pod) => isActive(pod) && !pod.ready);
      unreadySince = new Map(unready.map(({ name }) => [name, unreadySince.get(name) ?? now]));
    },
    names: () => [...names],
    restarts: () => [...restarts.values()].reduce((sum, count) => sum + count, 0),
    unreadySeconds: (now) =>
      Object.fromEntries([...unreadySince].map(([name, since]) => [name, (now - since) / 1000])),
  };
}
