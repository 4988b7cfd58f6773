import type { ObservedPod } from '../../domain/check-observation.ts';
import { isActive } from '../../domain/check-observation.ts';
import { maxAttempts, maxConcurrency, maxRounds } from './limits.ts';
import { mapBounded } from './map-bounded.ts';

interface Asked<T> {
  readonly pod: ObservedPod;
  readonly seen: T;
  readonly attempts: number;
}

/**
 * Asks every serving pod of the target. Before anything counts against a pod, the pods are listed
 * again: one that was scaled down or replaced meanwhile is passed over, and its successor asked.
 * `verdict`: `good` is settled, `bad` stands if the pod still serves, `silent` is asked again: at once, then
 * as long as there is patience.
 */
export async function askEachPod<T>(deps: {
  readonly list: () => Promise<readonly ObservedPod[]>;
  readonly ask: (pod: ObservedPod) => Promise<T>;
  readonly verdict: (seen: T) => 'good' | 'bad' | 'silent';
  /** Waits a little, and answers whether it did: there is an end to it. */
  readonly patience: () => Promise<boolean>;
}): Promise<{ readonly pods: readonly ObservedPod[]; readonly seen: readonly T[] }> {
  const { list, ask, verdict, patience } = deps;
  const asked = new Map<string, Asked<T>>();
  const isOpen = (pod: ObservedPod) => {
    const last = asked.get(pod.uid);
    return last === undefined || (verdict(last.seen) === 'silent' && last.attempts < maxAttempts);
  };
  let pods: readonly ObservedPod[] = [];
  for (let round = 0; round < maxRounds; round += 1) {
    pods = (await list()).filter(isActive);
    const open = pods.filter(isOpen);
    if (open.length === 0) break;
    const isNew = open.some(({ uid }) => (asked.get(uid)?.attempts ?? 0) < 2);
    if (!isNew && !(await patience())) break;
    await mapBounded(open, maxConcurrency, async (pod) => {
      const attempts = (asked.get(pod.uid)?.attempts ?? 0) + 1;
      asked.set(pod.uid, { pod, seen: await ask(pod), attempts });
    });
    const allGood = pods.every((pod) => {
      const last = asked.get(pod.uid);
      return last !== undefined && verdict(last.seen) === 'good';
    });
    if (allGood) break;
  }
  const settled = pods.flatMap((pod) => asked.get(pod.uid) ?? []);
  return { pods: settled.map(({ pod }) => pod), seen: settled.map(({ seen }) => seen) };
}
