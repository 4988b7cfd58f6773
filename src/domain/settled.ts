import type { ObservedReplicas, RuledPod } from './check-observation.ts';
import { isActive } from './check-observation.ts';
import { podStandings } from './rollout-trouble.ts';

/**
 * Whether looking again soon could show something else: a pod that was just replaced, or added by
 * an autoscaler, is starting, and says nothing about the version yet. One that by the rules of rollouts
 * cannot become well is an answer already. `now` in milliseconds since 1970.
 */
export function isSettled(
  seen: { readonly replicas: ObservedReplicas; readonly pods: readonly RuledPod[] },
  now: number,
): boolean {
  const active = seen.pods.filter(isActive);
  const standings = podStandings(
    active.map(({ forRules }) => forRules),
    now,
  );
  if (active.some(({ name, ready }) => !ready && standings.get(name)?.isFatal === true)) return true;
  const { generation, observedGeneration, desired, total, updated, available } = seen.replicas;
  const complete = [total, updated, available, active.length].every((count) => count === desired);
  return complete && observedGeneration >= generation && active.every(({ ready }) => ready);
}
