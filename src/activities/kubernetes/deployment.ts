/** Reads of the target's Deployment that several activities share. */
import type { V1Container, V1Deployment, V1LabelSelector, V1ReplicaSet } from '@kubernetes/client-node';
import type { Target } from '../../domain/target.ts';
import type { ClusterClients } from './clients.ts';
import type { Place } from './failures.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const templateHashLabel = 'pod-template-hash';
/** Field manager of everything that Fairway writes. */
export const fieldManager = 'fairway';

/** Which Deployment a request is about. */
export interface DeploymentRef {
  readonly name: string;
  readonly namespace: string;
}

export function deploymentRef({ service, environment }: Target): DeploymentRef {
  return { name: service.deployment, namespace: environment.namespace };
}

export function placeOf({ environment }: Target): Place {
  return { cluster: environment.cluster, namespace: environment.namespace };
}

export function containerNamed(deployment: V1Deployment, name: string): V1Container | undefined {
  return deployment.spec?.template.spec?.containers.find((container) => container.name === name);
}

export function containerNames(deployment: V1Deployment): string {
  return (deployment.spec?.template.spec?.containers ?? []).map(({ name }) => name).join(', ');
}

export function revisionOf(object: V1Deployment | V1ReplicaSet): string {
  return object.metadata?.annotations?.[revisionAnnotation] ?? '';
}

/** Whether the controller has seen the Deployment as it is now; before that its revision is of the template before. */
export function isObserved(deployment: V1Deployment): boolean {
  return (deployment.status?.observedGeneration ?? 0) >= (deployment.metadata?.generation ?? 0);
}

/** ReplicaSets of this very Deployment: a selector alone may match others. */
export async function ownedReplicaSets(
  clients: ClusterClients,
  deployment: V1Deployment,
): Promise<readonly V1ReplicaSet[]> {
  const { items } = await clients.apps.listNamespacedReplicaSet({
    namespace: deployment.metadata?.namespace ?? '',
    labelSelector: selectorText(deployment.spec?.selector),
  });
  return items.filter((replicaSet) => isOwnedBy(replicaSet, deployment.metadata?.uid));
}

/** The ReplicaSet of the Deployment's current template, once the controller has made it. */
export function currentReplicaSet(
  deployment: V1Deployment,
  replicaSets: readonly V1ReplicaSet[],
): V1ReplicaSet | undefined {
  const revision = revisionOf(deployment);
  if (!isObserved(deployment) || revision === '') return undefined;
  return replicaSets.find((replicaSet) => revisionOf(replicaSet) === revision);
}

export function isOwnedBy(
  object: {
    readonly metadata?: { readonly ownerReferences?: readonly { uid: string; controller?: boolean }[] };
  },
  uid: string | undefined,
): boolean {
  return (
    object.metadata?.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) ?? false
  );
}

/** A label selector as the API takes it in a query. */
export function selectorText(selector: V1LabelSelector | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    switch (operator) {
      case 'Exists':
        return key;
      case 'DoesNotExist':
        return `!${key}`;
      default:
        return `${key} ${operator.toLowerCase()} (${values.join(',')})`;
    }
  });
  return [...labels, ...expressions].join(',');
}
