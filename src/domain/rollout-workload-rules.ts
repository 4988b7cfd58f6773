/** Rules about the Deployment and its newest ReplicaSet. */
import type { RolloutObservation } from './rollout-observation.ts';
import type { RolloutRule, Sighting } from './rollout-rule.ts';
import { quotaGraceSeconds } from './rollout-rule.ts';
import { livePods } from './rollout-sighting.ts';

/** A webhook's refusal does not say "forbidden". */
const forbidden = /forbidden|denied the request/i;
const invalid = /\bis invalid:/i;
const quotaExceeded = /exceeded quota/i;

export const workloadRules: readonly RolloutRule[] = [
  {
    name: 'pod-creation-forbidden',
    effect: 'fatal',
    meaning: 'the cluster refuses to create the pods',
    look: creationFailure((message) => forbidden.test(message) && !quotaExceeded.test(message)),
  },
  {
    name: 'pod-invalid',
    effect: 'fatal',
    meaning: 'the API server finds the pods invalid, as admission has completed them',
    look: creationFailure((message) => invalid.test(message) && !forbidden.test(message)),
  },
  {
    name: 'quota-exceeded',
    effect: 'grace',
    meaning: 'the quota leaves no room for the new pods, and no old pod may go to make room',
    look: (observation) =>
      canBeFreed(observation)
        ? []
        : creationFailure((message) => quotaExceeded.test(message))(observation).map((seen) => ({
            ...seen,
            until: (observation.newest?.failure?.since ?? 0) + quotaGraceSeconds * 1000,
          })),
  },
  {
    name: 'quota-throttles',
    effect: 'throttled',
    meaning: 'the quota slows the rollout down',
    look: (observation) =>
      canBeFreed(observation) ? creationFailure((message) => quotaExceeded.test(message))(observation) : [],
  },
  {
    name: 'progress-deadline-exceeded',
    effect: 'fatal',
    meaning: 'no progress within progressDeadlineSeconds',
    look: progressDeadline,
  },
];

function creationFailure(
  matches: (message: string) => boolean,
): (observation: RolloutObservation) => readonly Sighting[] {
  return ({ newest }) => {
    const failure = newest?.failure;
    if (newest === undefined || failure?.reason !== 'FailedCreate' || !matches(failure.message)) return [];
    return [{ subject: `ReplicaSet ${newest.name}`, detail: `FailedCreate: ${failure.message}` }];
  };
}

/**
 * Whether room may still appear: a pod is on its way out, a new one on its way to ready (after
 * which an old one goes), an old one may go now, or one has gone whose room is not taken yet.
 */
function canBeFreed(observation: RolloutObservation): boolean {
  const { deployment, oldPods } = observation;
  if (deployment === undefined) return false;
  const newPods = livePods(observation);
  if (oldPods.terminating > 0 || observation.pods.some((pod) => pod.terminating)) return true;
  if (oldPods.live === 0) return false;
  if (newPods.some((pod) => pod.ready?.status !== 'True')) return true;
  if (deployment.available > deployment.desired - deployment.maxUnavailable) return true;
  return oldPods.live + newPods.length < deployment.desired;
}

function progressDeadline({ deployment, newest }: RolloutObservation): readonly Sighting[] {
  const progressing = deployment?.progressing;
  if (progressing?.status !== 'False' || progressing.reason !== 'ProgressDeadlineExceeded') return [];
  // After a return to an older revision the controller leaves the condition of the failed one standing
  // until the first progress; it still names that revision's ReplicaSet.
  const named = /"([^"]+)"/.exec(progressing.message)?.[1];
  if (named !== undefined && named !== newest?.name && named !== deployment?.name) return [];
  return [{ subject: `Deployment ${deployment?.name ?? ''}`, detail: progressing.message }];
}
