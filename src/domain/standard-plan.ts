/** Everything a standard deployment decides before its first mutation. */
import { recreateRefusal } from './capacity.ts';
import type { ObservedTarget } from './observation.ts';
import { releaseRefusal, type Refusal, type Unchanged } from './refusal.ts';
import type { StandardDeploymentRequest } from './request.ts';
import type { Target, UpdateMethod } from './target.ts';
import { withTag } from './image.ts';

export interface StandardPlan {
  readonly strategy: 'standard';
  /** Image reference that runs now; what a failure returns to. */
  readonly from: string;
  /** Image reference that this release brings. */
  readonly to: string;
  readonly method: UpdateMethod;
  /** The target as it was when the plan was made: restored exactly on failure. */
  readonly recorded: ObservedTarget;
}

export type StandardDecision = { readonly decision: 'go'; readonly plan: StandardPlan } | Unchanged | Refusal;

export function planStandardDeployment(
  target: Target,
  request: StandardDeploymentRequest,
  observed: ObservedTarget,
): StandardDecision {
  const refusal =
    releaseRefusal(target, request, observed) ?? recreateRefusal(observed.deployment, request.force);
  if (refusal !== undefined) return refusal;
  return {
    decision: 'go',
    plan: {
      strategy: 'standard',
      from: observed.deployment.image,
      to: withTag(target.service.image, request.version),
      method: target.service.update,
      recorded: observed,
    },
  };
}
