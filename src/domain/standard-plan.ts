/** Everything a standard deployment decides before its first mutation. */
import type { ObservedTarget } from './observation.ts';
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

export type StandardDecision =
  | { readonly decision: 'go'; readonly plan: StandardPlan }
  | { readonly decision: 'refuse'; readonly rule: string; readonly reason: string; readonly remedy: string };

export function planStandardDeployment(
  target: Target,
  request: StandardDeploymentRequest,
  observed: ObservedTarget,
): StandardDecision {
  const to = withTag(target.service.image, request.version);
  const from = observed.deployment.image;
  const method = target.service.update;
  const where = `${target.service.displayName} in ${target.environment.name}`;
  if (target.environment.approvals > 0) {
    return {
      decision: 'refuse',
      rule: 'approvals-required',
      reason: `${target.environment.name} asks for ${target.environment.approvals} approvals, and a strategy started by itself asks nobody`,
      remedy: 'release to an environment with "approvals: 0", or lower it in fairway.yaml',
    };
  }
  if (from === to && !request.force) {
    return {
      decision: 'refuse',
      rule: 'same-version',
      reason: `${where} already runs ${to}`,
      remedy: 'choose another version, or add "force": true to roll the same one out again',
    };
  }
  if (observed.deployment.replicas === 0) {
    return {
      decision: 'refuse',
      rule: 'scaled-to-zero',
      reason: `Deployment ${observed.deployment.name} is scaled to 0: nothing would run, so nothing could be verified`,
      remedy: 'scale it up first',
    };
  }
  if (method === 'helm' && observed.helm === undefined) {
    return {
      decision: 'refuse',
      rule: 'helm-release-missing',
      reason: `${where} is to be updated by Helm, but there is no Helm release ${target.service.helm?.release ?? '(none configured)'}`,
      remedy: 'install it by Helm first, or use "update": "image"',
    };
  }
  return { decision: 'go', plan: { strategy: 'standard', from, to, method, recorded: observed } };
}
