/** Pods that the cluster took away: the ReplicaSet replaces them, and the version is not to blame. */
import type { PodObservation } from './rollout-observation.ts';
import type { RolloutRule } from './rollout-rule.ts';

export const infrastructureRules: readonly RolloutRule[] = [
  {
    name: 'pod-evicted',
    effect: 'infrastructure',
    meaning: 'the node put the pod out',
    look: ({ pods }) =>
      pods
        .filter((pod) => pod.phase === 'Failed' && pod.reason !== undefined)
        .map((pod) => ({
          ...{ subject: `pod ${pod.name}`, pod: pod.name },
          detail: `${pod.reason}: ${pod.message ?? ''}`,
        })),
  },
  {
    name: 'pod-disrupted',
    effect: 'infrastructure',
    meaning: 'the pod was preempted or its node is going',
    look: ({ pods }) =>
      pods.flatMap(({ name, disrupted }) =>
        disrupted === undefined
          ? []
          : [{ subject: `pod ${name}`, pod: name, detail: `${disrupted.reason}: ${disrupted.message}` }],
      ),
  },
  {
    name: 'node-lost',
    effect: 'infrastructure',
    meaning: "the pod's node no longer answers",
    look: ({ pods }) =>
      pods.filter(isOnLostNode).map(({ name }) => ({
        ...{ subject: `pod ${name}`, pod: name },
        detail: 'not ready, although its containers were when last heard of',
      })),
  },
];

/** The node controller takes away the condition alone, without a reason; a readiness gate gives one. */
function isOnLostNode({ phase, terminating, ready, containers }: PodObservation): boolean {
  if (phase !== 'Running' || terminating || ready?.status !== 'False' || ready.reason !== '') return false;
  return containers.length > 0 && containers.every((container) => container.ready);
}
