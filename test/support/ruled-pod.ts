/** A pod as checks see it, with the same facts as the rules of rollouts see them. */
import type { ObservedPod, RuledPod } from '../../src/domain/check-observation.ts';
import type { PodObservation } from '../../src/domain/rollout-observation.ts';

/** `more` is what only the rules ask about. */
export function ruledPod(pod: ObservedPod, more: Partial<PodObservation> = {}): RuledPod {
  const { name, phase, phaseReason, terminating, containers } = pod;
  return {
    ...pod,
    forRules: {
      name,
      phase: phase as PodObservation['phase'],
      ...(phaseReason === undefined ? {} : { reason: phaseReason }),
      createdAt: 0,
      terminating,
      containers: containers.map((container) => ({
        name: container.name,
        ready: pod.ready,
        restarts: container.restarts,
        ...(container.running ? { running: { startedAt: 0 } } : {}),
        ...(container.running || container.reason === undefined
          ? {}
          : { waiting: { reason: container.reason, message: '' } }),
      })),
      ...more,
    },
  };
}
