import type { ContainerObservation, ProbeTiming } from './rollout-observation.ts';

/**
 * Seconds from a container's start in which its probes may fail without meaning anything: the
 * startup probe's time, if there is one, and then the readiness probe's.
 */
export function readinessGraceSeconds(
  container: Pick<ContainerObservation, 'readiness' | 'startup'>,
): number {
  return patience(container.startup) + patience(container.readiness);
}

function patience(probe: ProbeTiming | undefined): number {
  if (probe === undefined) return 0;
  return probe.initialDelaySeconds + probe.timeoutSeconds + probe.failureThreshold * probe.periodSeconds;
}
