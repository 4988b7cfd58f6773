/** Whether a rollout is complete, cannot complete, or is still to be waited for. */
import type { Evidence } from './check.ts';
import type { DeploymentObservation, RolloutObservation } from './rollout-observation.ts';
import type { RolloutProgress } from './rollout-result.ts';
import type { RolloutRule } from './rollout-rule.ts';
import { evidenceOf, fatalTrouble, lookAt, type Trouble } from './rollout-trouble.ts';

const nothing: RolloutProgress = { desired: 0, updated: 0, available: 0, old: 0 };

export type RolloutDecision =
  | { readonly decision: 'complete'; readonly progress: RolloutProgress }
  | ({ readonly decision: 'failed'; readonly progress: RolloutProgress } & Trouble)
  | { readonly decision: 'changed'; readonly reason: string; readonly progress: RolloutProgress }
  | {
      readonly decision: 'waiting';
      /** What it waits for; what a timeout reports. */
      readonly reason: string;
      /** Name of the rule that explains the wait best, where one does. */
      readonly rule?: string;
      readonly evidence: readonly Evidence[];
      readonly progress: RolloutProgress;
      /** When the answer changes without any event (milliseconds since 1970). */
      readonly reevaluateAt?: number;
    };

/** `now` in milliseconds since 1970, by the clock that also reads the cluster's times. */
export function judgeRollout(observation: RolloutObservation, now: number): RolloutDecision {
  const { deployment, expectedImage } = observation;
  if (deployment === undefined) {
    return {
      decision: 'changed',
      reason: 'the Deployment was deleted during the rollout',
      progress: nothing,
    };
  }
  const progress = progressOf(deployment, observation);
  if (deployment.image !== expectedImage) {
    const found = deployment.image === undefined ? 'no such container any more' : deployment.image;
    const reason = `Deployment ${deployment.name} holds ${found}, and not ${expectedImage}: somebody changed it during the rollout`;
    return { decision: 'changed', reason, progress };
  }
  // Until the controller has seen the template, everything it says is about the one before.
  if (deployment.observedGeneration < deployment.generation || observation.newest === undefined) {
    return {
      decision: 'waiting',
      reason: 'the Deployment controller has not acted on the change yet',
      evidence: [],
      progress,
    };
  }
  if (isComplete(deployment, observation)) return { decision: 'complete', progress };

  const seen = lookAt(observation);
  const trouble = fatalTrouble(seen, now);
  if (trouble !== undefined) return { decision: 'failed', ...trouble, progress };

  const rule = seen[0]?.rule;
  const untils = seen.flatMap(({ sighting }) => (sighting.until === undefined ? [] : [sighting.until]));
  return {
    decision: 'waiting',
    reason: waitingReason(deployment, progress, rule),
    ...(rule === undefined ? {} : { rule: rule.name }),
    evidence: evidenceOf(seen),
    progress,
    ...(untils.length === 0 ? {} : { reevaluateAt: Math.min(...untils) }),
  };
}

/** For people, for example `2 of 3 pods updated, 1 available, 2 old pods left`. */
export function describeProgress({ desired, updated, available, old }: RolloutProgress): string {
  return `${updated} of ${desired} pods updated, ${available} available, ${old} old pods left`;
}

function isComplete(deployment: DeploymentObservation, { oldPods }: RolloutObservation): boolean {
  const { desired, total, updated, available } = deployment;
  return total === desired && updated === desired && available === desired && oldPods.live === 0;
}

function progressOf(deployment: DeploymentObservation, { oldPods }: RolloutObservation): RolloutProgress {
  // Before the controller has seen the template, the counts are of the template before.
  const seen = deployment.observedGeneration >= deployment.generation;
  return {
    desired: deployment.desired,
    updated: seen ? deployment.updated : 0,
    available: deployment.available,
    old: oldPods.live,
  };
}

function waitingReason(
  deployment: DeploymentObservation,
  progress: RolloutProgress,
  rule: RolloutRule | undefined,
): string {
  const paused = deployment.paused ? '; the Deployment is paused: kubectl rollout resume' : '';
  return `${describeProgress(progress)}${rule === undefined ? '' : `; ${rule.meaning}`}${paused}`;
}
