/** Pods that the cluster took away: the ReplicaSet replaces them, and the version is not to blame. */
import type { RolloutRule } from './rollout-rule.ts';

export const infrastructureRules: readonly RolloutRule[] = [
  {
    name: 'pod-evicted',
    effect: 'infrastructure',
    meaning: 'the node put the pod out',
    look: ({ pods }) =>
      pods
        .filter((pod) => pod.phase === 'Failed' && pod.reason !== undefined)
        .map((pod) => ({ subject: `pod ${pod.name}`, detail: `${pod.reason}: ${pod.message ?? ''}` })),
  },
  {
    name: 'pod-disrupted',
    effect: 'infrastructure',
    meaning: 'the pod was preempted or its node is going',
    look: ({ pods }) =>
      pods.flatMap(({ name, disrupted }) =>
        disrupted === undefined
          ? []
          : [{ subject: `pod ${name}`, detail: `${disrupted.reason}: ${disrupted.message}` }],
      ),
  },
];
