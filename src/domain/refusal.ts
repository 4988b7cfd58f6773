/** Why a release must not start, whatever its strategy. */
import type { ObservedTarget } from './observation.ts';
import type { StandardDeploymentRequest } from './request.ts';
import type { Target } from './target.ts';
import { withTag } from './image.ts';

export interface Refusal {
  readonly decision: 'refuse';
  /** Stable identifier, for example `same-version`. */
  readonly rule: string;
  readonly reason: string;
  readonly remedy: string;
}

/** Nothing has to be done. */
export interface Unchanged {
  readonly decision: 'unchanged';
  readonly reason: string;
  /** A release was stopped for it, and has put back what was to be undone. */
  readonly putBack?: true;
}

export function refuse(rule: string, reason: string, remedy: string): Refusal {
  return { decision: 'refuse', rule, reason, remedy };
}

export function releaseRefusal(
  { service, environment }: Target,
  request: StandardDeploymentRequest,
  { deployment, helm }: ObservedTarget,
): Refusal | Unchanged | undefined {
  const to = withTag(service.image, request.version);
  const where = `${service.displayName} in ${environment.name}`;
  if (deployment.image === to && !request.force) {
    if (request.unattended === true) return { decision: 'unchanged', reason: `${where} already runs ${to}` };
    return refuse(
      'same-version',
      `${where} already runs ${to}`,
      'choose another version, or add "force": true to roll the same one out again',
    );
  }
  if (deployment.replicas === 0) {
    return refuse(
      'scaled-to-zero',
      `Deployment ${deployment.name} is scaled to 0: nothing would run, so nothing could be verified`,
      'scale it up first',
    );
  }
  if (service.update === 'helm' && helm === undefined) {
    return refuse(
      'helm-release-missing',
      `${where} is to be updated by Helm, but there is no Helm release ${service.helm?.release ?? '(none configured)'}`,
      'install it by Helm first, or use "update": "image"',
    );
  }
  return undefined;
}
