import type { V1Deployment, V1Pod, V1ReplicaSet, V1Service } from '@kubernetes/client-node';
import type { Problem } from '../../domain/observation.ts';
import { isOwnedBy } from './deployment.ts';
import { hasEnded } from './observe-pod.ts';

const maxNamed = 5;

export interface ServiceFacts {
  readonly service: V1Service;
  readonly deployment: V1Deployment;
  /** ReplicaSets of the Deployment. */
  readonly replicaSets: readonly V1ReplicaSet[];
  /** Pods that the Service selects. */
  readonly selected: readonly V1Pod[];
}

/** Why requests to this Service would not reach the Deployment's pods, and only them. */
export function checkService({
  service,
  deployment,
  replicaSets,
  selected,
}: ServiceFacts): readonly Problem[] {
  const name = `Service ${service.metadata?.name ?? ''}`;
  const selector = Object.entries(service.spec?.selector ?? {});
  if (selector.length === 0) {
    return [
      {
        rule: 'service-without-selector',
        message: `${name} has no selector: its endpoints are written by something else`,
        remedy: 'give it a selector, or correct "kubernetesService" of the service in fairway.yaml',
      },
    ];
  }
  const text = selector.map(([key, value]) => `${key}=${value}`).join(',');
  const labels = deployment.spec?.template.metadata?.labels ?? {};
  const unmet = selector.filter(([key, value]) => labels[key] !== value);
  const problems: Problem[] = [];
  if (unmet.length > 0) {
    problems.push({
      rule: 'service-selects-nothing',
      message: `${name} selects ${text}, which the pods of Deployment ${deployment.metadata?.name ?? ''} do not carry (${unmet.map(([key]) => `${key}=${labels[key] ?? 'absent'}`).join(', ')})`,
      remedy: "make the Service's selector match the labels of the Deployment's pod template",
    });
  }
  const others = selected.filter((pod) => takesTraffic(pod) && !isOurs(pod, replicaSets));
  if (others.length > 0) {
    const named = others.slice(0, maxNamed).map(describe).join(', ');
    const more = others.length > maxNamed ? ` and ${others.length - maxNamed} more` : '';
    problems.push({
      rule: 'service-selects-others',
      message: `${name} (${text}) also sends requests to pods that are not of Deployment ${deployment.metadata?.name ?? ''}: ${named}${more}`,
      remedy: 'narrow the selector, or remove those pods: a release must answer for every request',
    });
  }
  return problems;
}

function takesTraffic(pod: V1Pod): boolean {
  return pod.metadata?.deletionTimestamp === undefined && !hasEnded(pod);
}

function isOurs(pod: V1Pod, replicaSets: readonly V1ReplicaSet[]): boolean {
  return replicaSets.some(({ metadata }) => metadata?.uid !== undefined && isOwnedBy(pod, metadata.uid));
}

function describe({ metadata }: V1Pod): string {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
  return `${metadata?.name ?? ''} (${owner === undefined ? 'of nobody' : `of ${owner.kind} ${owner.name}`})`;
}
