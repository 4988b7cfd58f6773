/** Everything a blue/green deployment decides before its first mutation. */
import type { AnalysisSpec } from './analysis.ts';
import { defaultAnalysis, defaultBlueGreen } from './defaults.ts';
import { withTag } from './image.ts';
import type { AutoscalerRef, ObservedTarget } from './observation.ts';
import { releaseRefusal, type Refusal, type Unchanged } from './refusal.ts';
import { selectorPinnedTo, type Selector } from './service-selector.ts';
import type { BlueGreenOptions } from './strategy-options.ts';
import type { BlueGreenDeploymentRequest } from './strategy-requests.ts';
import type { Target, UpdateMethod } from './target.ts';
import { autoscalerOf, plannedTrack, roomRefusal, trackRefusal, type PlannedTrack } from './track-plan.ts';

export interface BlueGreenPlan extends BlueGreenOptions {
  readonly strategy: 'blueGreen';
  /** Image reference that runs now; what a failure returns to. */
  readonly from: string;
  /** Image reference that this release brings. */
  readonly to: string;
  /** How the target's own Deployment is brought to the new version at the end. */
  readonly method: UpdateMethod;
  /** The target as it was when the plan was made: restored exactly on failure. */
  readonly recorded: ObservedTarget;
  /** Pods of blue, and of green. */
  readonly replicas: number;
  readonly track: PlannedTrack;
  /**
   * The Service's selector as the release finds and leaves it, and while blue serves beside a green that
   * is not tested. Green's is `selectorPinnedTo(selectors.recorded, <hash of green>)`, once green is there.
   */
  readonly selectors: { readonly recorded: Selector; readonly blue: Selector };
  /** Held at the replicas for the length of the release, and restored. */
  readonly autoscaler?: AutoscalerRef;
  readonly analysis: AnalysisSpec;
}

export type BlueGreenDecision =
  { readonly decision: 'go'; readonly plan: BlueGreenPlan } | Unchanged | Refusal;

export function planBlueGreen(
  target: Target,
  request: BlueGreenDeploymentRequest,
  observed: ObservedTarget,
): BlueGreenDecision {
  const { service } = target;
  const { replicas, templateHash } = observed.deployment;
  const refusal =
    releaseRefusal(target, request, observed) ??
    trackRefusal(target, observed) ??
    // Green's pods, and one more with which the target's own Deployment can roll over beside them.
    roomRefusal(observed, replicas + 1);
  if (refusal !== undefined) return refusal;

  const options = service.blueGreen ?? defaultBlueGreen;
  const autoscaler = autoscalerOf(observed);
  const recorded = observed.service.selector;
  return {
    decision: 'go',
    plan: {
      strategy: 'blueGreen',
      from: observed.deployment.image,
      to: withTag(service.image, request.version),
      method: service.update,
      recorded: observed,
      replicas,
      track: plannedTrack(observed, 'green'),
      selectors: { recorded, blue: selectorPinnedTo(recorded, templateHash) },
      ...(autoscaler === undefined ? {} : { autoscaler }),
      analysis: service.analysis ?? defaultAnalysis,
      smokeTests: options.smokeTests,
      gate: request.gate ?? options.gate,
      monitorSeconds: request.monitorSeconds ?? options.monitorSeconds,
      keepSeconds: request.keepSeconds ?? options.keepSeconds,
    },
  };
}
