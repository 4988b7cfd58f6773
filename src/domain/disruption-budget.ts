/** What a PodDisruptionBudget promises, in pods. */
import type { ObservedDisruptionBudget } from './observation.ts';

/** Available pods that the budget asks for; rounded as its controller rounds. At most the replicas. */
export function minimumAvailable(budget: ObservedDisruptionBudget, replicas: number): number {
  const { minAvailable, maxUnavailable } = budget;
  const minimum =
    minAvailable === undefined
      ? replicas - (maxUnavailable === undefined ? 0 : podsOf(maxUnavailable, replicas))
      : podsOf(minAvailable, replicas);
  return Math.min(Math.max(minimum, 0), replicas);
}

/** Percentages round up, for `maxUnavailable` too. */
function podsOf(value: number | string, replicas: number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? replicas : Math.ceil((Number(percent) * replicas) / 100);
}
