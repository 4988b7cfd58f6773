/** Everything a canary deployment decides before its first mutation. */
import type { AnalysisSpec } from './analysis.ts';
import { defaultAnalysis, defaultCanary, maxFirstWeightFactor } from './defaults.ts';
import { minimumAvailable } from './disruption-budget.ts';
import { withTag } from './image.ts';
import type { AutoscalerRef, ObservedTarget } from './observation.ts';
import { refuse, releaseRefusal, type Refusal, type Unchanged } from './refusal.ts';
import type { CanaryStep } from './strategy-options.ts';
import type { CanaryDeploymentRequest } from './strategy-requests.ts';
import { surgeNeeded } from './surge.ts';
import type { Target, UpdateMethod } from './target.ts';
import type { ReplicaPair } from './track.ts';
import { autoscalerOf, plannedTrack, roomRefusal, trackRefusal, type PlannedTrack } from './track-plan.ts';
import { actualWeight, replicaPair, weightWords } from './weights.ts';

export interface PlannedStep extends CanaryStep {
  /** Percent that the pair really gives. */
  readonly actualWeight: number;
  readonly pair: ReplicaPair;
}

export interface CanaryPlan {
  readonly strategy: 'canary';
  /** Image reference that runs now; what a failure returns to. */
  readonly from: string;
  /** Image reference that this release brings. */
  readonly to: string;
  /** How the target's own Deployment is brought to the new version at the end. */
  readonly method: UpdateMethod;
  /** The target as it was when the plan was made: restored exactly on failure. */
  readonly recorded: ObservedTarget;
  /** Pods that serve at every instant. */
  readonly replicas: number;
  /** Pods of stable with which a failing canary may leave at once; the replicas where nothing declares less. */
  readonly minimum: number;
  readonly track: PlannedTrack;
  /** In order, the last at 100. The release begins from `start` and ends there again, on the new version. */
  readonly steps: readonly PlannedStep[];
  readonly start: ReplicaPair;
  /** For `surge`: pods that fit beyond the replicas; absent: no quota counts them. */
  readonly room?: number;
  /** Held at the replicas for the length of the release, and restored. */
  readonly autoscaler?: AutoscalerRef;
  readonly analysis: AnalysisSpec;
  /** What a person should know who approves this. */
  readonly notes: readonly string[];
}

export type CanaryDecision = { readonly decision: 'go'; readonly plan: CanaryPlan } | Unchanged | Refusal;

export function planCanary(
  target: Target,
  request: CanaryDeploymentRequest,
  observed: ObservedTarget,
): CanaryDecision {
  const { service } = target;
  const { replicas } = observed.deployment;
  const start = replicaPair(0, replicas);
  const steps = (request.steps ?? service.canary?.steps ?? defaultCanary.steps).map((step) =>
    plannedStep(step, replicas),
  );
  // The last way is back: from 100 % canary to the target's own pods.
  const needed = surgeNeeded([start, ...steps.map(({ pair }) => pair), start], replicas);
  const refusal =
    releaseRefusal(target, request, observed) ??
    trackRefusal(target, observed) ??
    firstWeightRefusal(steps, observed) ??
    roomRefusal(observed, 1);
  if (refusal !== undefined) return refusal;

  const budget = observed.surroundings?.disruptionBudget;
  const room = observed.surroundings?.podRoom;
  const autoscaler = autoscalerOf(observed);
  return {
    decision: 'go',
    plan: {
      strategy: 'canary',
      from: observed.deployment.image,
      to: withTag(service.image, request.version),
      method: service.update,
      recorded: observed,
      replicas,
      minimum: budget === undefined ? replicas : minimumAvailable(budget, replicas),
      track: plannedTrack(observed, 'canary'),
      steps,
      start,
      ...(room === undefined ? {} : { room: room.pods }),
      ...(autoscaler === undefined ? {} : { autoscaler }),
      analysis: service.analysis ?? defaultAnalysis,
      notes: [
        ...(replicas === 1 ? [surgeNote] : []),
        ...sameShareNotes(steps, replicas),
        ...(room !== undefined && room.pods < needed
          ? [
              `${room.because} leaves room for ${room.pods} more pods, and ${needed} would be used at once: pods move in several rounds.`,
            ]
          : []),
      ],
    },
  };
}

/** The same steps with other replicas: an autoscaler has changed their number since the plan was made. */
export function canaryAt(plan: CanaryPlan, replicas: number): CanaryPlan {
  if (replicas === plan.replicas) return plan;
  const budget = plan.recorded.surroundings?.disruptionBudget;
  return {
    ...plan,
    replicas,
    minimum: budget === undefined ? replicas : minimumAvailable(budget, replicas),
    steps: plan.steps.map((step) => plannedStep(step, replicas)),
    start: replicaPair(0, replicas),
    // What it has added has taken its part of the quota.
    ...(plan.room === undefined ? {} : { room: Math.max(1, plan.room - (replicas - plan.replicas)) }),
  };
}

const surgeNote =
  'One replica cannot be shared: while a step is below 100 % the canary runs beside it as one pod more.';

function plannedStep(step: CanaryStep, replicas: number): PlannedStep {
  const pair = replicaPair(step.weight, replicas);
  return { ...step, pair, actualWeight: actualWeight(pair) };
}

/** A first step that exposes far more than was asked for is not what was asked for. */
function firstWeightRefusal(
  [first]: readonly PlannedStep[],
  { deployment }: ObservedTarget,
): Refusal | undefined {
  if (first === undefined || first.actualWeight <= first.weight * maxFirstWeightFactor) return undefined;
  const replicas = Math.ceil(100 / (first.weight * maxFirstWeightFactor));
  const least = Math.ceil(first.actualWeight / maxFirstWeightFactor);
  return refuse(
    'too-few-replicas',
    `the first step asks for ${weightWords(first.weight)}, and ${deployment.replicas} replicas of Deployment ${deployment.name} give no less than ${weightWords(first.actualWeight)}`,
    `begin with a weight of at least ${least} if that share is meant, or scale to at least ${replicas} replicas`,
  );
}

/** Steps that are the same pods, for want of replicas. */
function sameShareNotes(steps: readonly PlannedStep[], replicas: number): readonly string[] {
  const weights = new Map<number, number[]>();
  for (const { weight, pair } of steps) {
    weights.set(pair.canary, [...(weights.get(pair.canary) ?? []), weight]);
  }
  return [...weights]
    .filter(([canary, same]) => same.length > 1 && canary < replicas)
    .map(
      ([canary, same]) =>
        `${same.slice(0, -1).map(weightWords).join(', ')} and ${weightWords(same.at(-1) ?? 0)} are the same ${canary} of ${replicas} pods.`,
    );
}
