import type { V1Deployment } from '@kubernetes/client-node';
import type { Problem } from '../../domain/observation.ts';
import type { Target } from '../../domain/target.ts';
import { containerNamed, containerNames, isObserved } from './deployment.ts';
import { heldAnnotation } from './hold-deployment.ts';

/** Why this Deployment must not be released to as it is. */
export function checkDeployment(
  deployment: V1Deployment,
  { service, environment }: Target,
): readonly Problem[] {
  const name = `Deployment ${service.deployment} in ${environment.namespace}`;
  const rollout = `kubectl rollout status deployment/${service.deployment} -n ${environment.namespace}`;
  const problems: Problem[] = [];
  if (deployment.metadata?.deletionTimestamp !== undefined) {
    problems.push({
      rule: 'deployment-terminating',
      message: `${name} is being deleted`,
      remedy: 'install it again when it is gone',
    });
  }
  if (containerNamed(deployment, service.container) === undefined) {
    problems.push({
      rule: 'container-missing',
      message: `${name} has no container "${service.container}"; it has: ${containerNames(deployment)}`,
      remedy: `correct "container" of service ${service.name} in fairway.yaml`,
    });
  }
  if (deployment.spec?.paused === true) {
    const held = deployment.metadata?.annotations?.[heldAnnotation];
    problems.push({
      rule: 'deployment-paused',
      message: `${name} is paused: a change of its template would not roll out`,
      remedy: `${held === undefined ? 'find out who paused it' : `a release that ended without letting it go holds it still (${held}): see that its Service is not pinned any more`}, then kubectl rollout resume deployment/${service.deployment} -n ${environment.namespace}`,
    });
  } else if (isRollingOut(deployment)) {
    problems.push({
      rule: 'rollout-in-progress',
      message: `${name} is in the middle of another rollout (${counts(deployment)})`,
      remedy: `wait until it is over (${rollout}), or find out who started it`,
    });
  }
  return problems;
}

/**
 * A rollout that the controller gave up on (Progressing=False) is over: releasing a fix is the way
 * out of it. Pods missing from a rollout that had completed are not a rollout.
 */
function isRollingOut(deployment: V1Deployment): boolean {
  if (!isObserved(deployment)) return true;
  const { conditions, replicas = 0, updatedReplicas = 0 } = deployment.status ?? {};
  const progressing = conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.status === 'False') return false;
  const unfinished = progressing?.status === 'True' && progressing.reason !== 'NewReplicaSetAvailable';
  return unfinished || replicas > updatedReplicas;
}

function counts({ spec, status }: V1Deployment): string {
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = status ?? {};
  return `${updatedReplicas} of ${spec?.replicas ?? 1} pods updated, ${availableReplicas} available, ${replicas - updatedReplicas} old`;
}
