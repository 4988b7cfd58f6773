/** From the objects of the API to what the judgement of a rollout needs. */
import type { V1Deployment, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type {
  DeploymentObservation,
  ReplicaSetObservation,
  RolloutObservation,
} from '../../domain/rollout-observation.ts';
import { containerNamed, currentReplicaSet, isOwnedBy } from './deployment.ts';
import { heldAnnotation } from './hold-deployment.ts';
import { observeCondition } from './observe-condition.ts';
import { hasEnded, observePod } from './observe-pod.ts';
import { rollingUpdate } from './rolling-update.ts';

export interface RolloutObjects {
  readonly deployment?: V1Deployment;
  /** May hold other owners' objects too. */
  readonly replicaSets: readonly V1ReplicaSet[];
  readonly pods: readonly V1Pod[];
  readonly container: string;
  readonly expectedImage: string;
}

export function observeRollout(objects: RolloutObjects): RolloutObservation {
  const { deployment, container, expectedImage } = objects;
  const none: RolloutObservation = { expectedImage, pods: [], oldPods: { live: 0, terminating: 0 } };
  if (deployment === undefined) return none;

  const owned = objects.replicaSets.filter((replicaSet) => isOwnedBy(replicaSet, deployment.metadata?.uid));
  const newest = currentReplicaSet(deployment, owned);
  const older = owned
    .filter((replicaSet) => replicaSet !== newest)
    .map((replicaSet) => replicaSet.metadata?.uid);
  const old = objects.pods.filter((pod) => older.some((uid) => uid !== undefined && isOwnedBy(pod, uid)));
  const unfinished = old.filter((pod) => !hasEnded(pod));
  const terminating = unfinished.filter((pod) => pod.metadata?.deletionTimestamp !== undefined).length;
  return {
    expectedImage,
    deployment: observeDeployment(deployment, container),
    ...(newest === undefined ? {} : { newest: observeReplicaSet(newest) }),
    pods:
      newest === undefined
        ? []
        : objects.pods.filter((pod) => isOwnedBy(pod, newest.metadata?.uid)).map(observePod),
    oldPods: { live: unfinished.length - terminating, terminating },
  };
}

function observeDeployment(deployment: V1Deployment, container: string): DeploymentObservation {
  const { metadata, spec, status } = deployment;
  const image = containerNamed(deployment, container)?.image;
  const progressing = observeCondition(status?.conditions, 'Progressing');
  const desired = spec?.replicas ?? 1;
  return {
    name: metadata?.name ?? '',
    generation: metadata?.generation ?? 0,
    observedGeneration: status?.observedGeneration ?? 0,
    desired,
    total: status?.replicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
    maxUnavailable: rollingUpdate(deployment, desired).maxUnavailable,
    paused: spec?.paused === true && metadata?.annotations?.[heldAnnotation] === undefined,
    ...(image === undefined ? {} : { image }),
    ...(progressing === undefined ? {} : { progressing }),
  };
}

function observeReplicaSet({ metadata, status }: V1ReplicaSet): ReplicaSetObservation {
  const failure = observeCondition(status?.conditions, 'ReplicaFailure');
  return { name: metadata?.name ?? '', ...(failure?.status === 'True' ? { failure } : {}) };
}
