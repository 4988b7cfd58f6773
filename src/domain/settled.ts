import type { ObservedPod, ObservedReplicas } from './check-observation.ts';
import { isActive } from './check-observation.ts';

/** Waiting reasons that pass by themselves, as part of every start. */
const starting: readonly string[] = ['ContainerCreating', 'PodInitializing'];

/**
 * Whether looking again soon could show something else: a pod that was just replaced, or added by
 * an autoscaler, is starting, and says nothing about the version yet. A container that is stuck
 * (for example in CrashLoopBackOff) is an answer already.
 */
export function isSettled(seen: {
  readonly replicas: ObservedReplicas;
  readonly pods: readonly ObservedPod[];
}): boolean {
  const active = seen.pods.filter(isActive);
  if (active.some(isStuck)) return true;
  const { generation, observedGeneration, desired, total, updated, available } = seen.replicas;
  const complete = [total, updated, available, active.length].every((count) => count === desired);
  return complete && observedGeneration >= generation && active.every(({ ready }) => ready);
}

/** A container of it waits for something that does not pass by itself. */
export function isStuck({ containers }: ObservedPod): boolean {
  return containers.some(
    ({ running, reason }) => !running && reason !== undefined && !starting.includes(reason),
  );
}
