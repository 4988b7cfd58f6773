import { Context } from '@temporalio/activity';
import type { V1Deployment, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { failureTypes } from '../../domain/failures.ts';
import { optional } from '../../domain/fields.ts';
import type { ObservedAutoscaler, ObservedDeployment, ObservedTarget } from '../../domain/observation.ts';
import type { Target } from '../../domain/target.ts';
import type { HelmReader } from '../helm/types.ts';
import { findAutoscaler } from './autoscaler.ts';
import { awaitObserved } from './await-observed.ts';
import type { ClusterClients } from './clients.ts';
import {
  containerNamed,
  containerNames,
  currentReplicaSet,
  deploymentRef,
  ownedReplicaSets,
  placeOf,
  revisionOf,
  templateHashLabel,
} from './deployment.ts';
import { failure } from './failures.ts';
import { heldAnnotation } from './hold-deployment.ts';
import { hpaScaler } from './hpa-scaler.ts';
import { lacksOf } from './lacks-of.ts';
import { pauseOf } from './scaler.ts';
import { rollingUpdate } from './rolling-update.ts';

/** Reads only. Throws `NotFound`, `Forbidden`, `Conflict` (no ReplicaSet yet) and `ClusterUnreachable`. */
export async function observeTarget(
  clients: ClusterClients,
  helm: HelmReader,
  target: Target,
): Promise<ObservedTarget> {
  const [observed, release] = await Promise.all([
    observeCluster(clients, target),
    target.service.helm === undefined ? undefined : helm.observeRelease(target),
  ]);
  return { ...observed, ...(release === undefined ? {} : { helm: release }) };
}

/** All but Helm's part. */
export async function observeCluster(clients: ClusterClients, target: Target): Promise<ObservedTarget> {
  const { namespace } = target.environment;
  const [deployment, service, autoscaler] = await Promise.all([
    observeDeployment(clients, target),
    clients.core.readNamespacedService({ name: target.service.kubernetesService, namespace }),
    findAutoscaler(clients, deploymentRef(target)),
  ]);
  return {
    deployment,
    service: { name: service.metadata?.name ?? '', selector: service.spec?.selector ?? {} },
    ...(autoscaler === undefined ? {} : { autoscaler: observeAutoscaler(clients, autoscaler) }),
  };
}

async function observeDeployment(clients: ClusterClients, target: Target): Promise<ObservedDeployment> {
  const ref = deploymentRef(target);
  const read = await clients.apps.readNamespacedDeployment(ref);
  const deployment = await awaitObserved(clients, ref, read, Context.current().cancellationSignal);
  const { metadata, spec, status } = deployment;
  const replicaSet = currentReplicaSet(deployment, await ownedReplicaSets(clients, deployment));
  if (replicaSet === undefined) {
    const message = `Deployment ${ref.name} has no ReplicaSet for its present template yet. It is looked at again; if this stays, the cluster's controller manager is not running.`;
    throw failure(failureTypes.conflict, placeOf(target), message, true);
  }
  return {
    name: ref.name,
    uid: metadata?.uid ?? '',
    generation: metadata?.generation ?? 0,
    revision: revisionOf(deployment),
    replicaSet: replicaSet.metadata?.name ?? '',
    templateHash: replicaSet.metadata?.labels?.[templateHashLabel] ?? '',
    replicas: spec?.replicas ?? 1,
    availableReplicas: status?.availableReplicas ?? 0,
    image: imageOf(deployment, target),
    paused: spec?.paused ?? false,
    ...optional('heldBy', metadata?.annotations?.[heldAnnotation]),
    ...strategyOf(deployment),
    ...lackingOf(deployment, target),
    selector: spec?.selector.matchLabels ?? {},
  };
}

function strategyOf(deployment: V1Deployment): Pick<ObservedDeployment, 'recreates' | 'unavailable'> {
  const { strategy, replicas = 1 } = deployment.spec ?? {};
  if (strategy?.type === 'Recreate') return { recreates: true };
  const { maxUnavailable } = rollingUpdate(deployment, replicas);
  return maxUnavailable === 0 ? {} : { unavailable: Math.min(maxUnavailable, replicas) };
}

function lackingOf(deployment: V1Deployment, { service }: Target): Pick<ObservedDeployment, 'lacks'> {
  const lacks = lacksOf(deployment, service.container);
  return lacks.length === 0 ? {} : { lacks };
}

/** Image of the configured container. Throws `NotFound` with the names that exist. */
export function imageOf(deployment: V1Deployment, target: Target): string {
  const { container, deployment: name } = target.service;
  const found = containerNamed(deployment, container);
  if (found !== undefined) return found.image ?? '';
  const message = `Deployment ${name} has no container "${container}" (it has: ${containerNames(deployment)}). Correct "container" of the service in fairway.yaml.`;
  throw failure(failureTypes.notFound, placeOf(target), message);
}

function observeAutoscaler(
  clients: ClusterClients,
  autoscaler: V2HorizontalPodAutoscaler,
): ObservedAutoscaler {
  const { metadata, spec } = autoscaler;
  return {
    name: metadata?.name ?? '',
    minReplicas: spec?.minReplicas ?? 1,
    maxReplicas: spec?.maxReplicas ?? 0,
    ...pauseOf(hpaScaler(clients, autoscaler)),
  };
}
