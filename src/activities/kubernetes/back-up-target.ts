import { Context } from '@temporalio/activity';
import type { V1ConfigMap } from '@kubernetes/client-node';
import type { BackupRef } from '../../domain/backup.ts';
import type { ObservedTarget } from '../../domain/observation.ts';
import type { Target } from '../../domain/target.ts';
import type { HelmReader } from '../helm/types.ts';
import { findAutoscaler } from './autoscaler.ts';
import { backupContents, fitConfigMap } from './backup-contents.ts';
import { backupMarks, findBackup, pruneBackups } from './backup-store.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, fieldManager, placeOf } from './deployment.ts';
import { statusOf } from './failures.ts';
import { observeTarget } from './observe-target.ts';
import { rawJson } from './raw-json.ts';
import type { BackUpTargetInput } from './types.ts';

/**
 * Stores Deployment, Service, autoscaler, Helm revision and image in a ConfigMap of the target's
 * namespace, without values that look secret, and deletes all but the newest ten of the service.
 *
 * Idempotent by the key: a ConfigMap that carries it is found again and answered as it was. The
 * name comes from the activity's schedule, so two attempts at one moment meet in one object.
 * Throws `NotFound`, `Forbidden`, `InvalidObject` (larger than a ConfigMap may be).
 */
export async function backUpTarget(
  clients: ClusterClients,
  helm: HelmReader,
  { target, key }: BackUpTargetInput,
): Promise<BackupRef> {
  const found = await findBackup(clients, target, key);
  const ref = found ?? (await create(clients, helm, target, key));
  await pruneBackups(clients, target, ref.configMap);
  return ref;
}

async function create(
  clients: ClusterClients,
  helm: HelmReader,
  target: Target,
  key: string,
): Promise<BackupRef> {
  const { namespace } = target.environment;
  const observed = await observeTarget(clients, helm, target);
  const objects = await readObjects(clients, target);
  const takenAt = new Date();
  const scheduledAt = new Date(Context.current().info.scheduledTimestampMs);
  for (let clash = 0; ; clash += 1) {
    const configMap = backupName(target, scheduledAt, clash);
    const ref = backupRef(configMap, takenAt, observed, Object.keys(objects));
    const body: V1ConfigMap = {
      metadata: { name: configMap, ...backupMarks(target, key, ref) },
      ...fitConfigMap(backupContents(ref, observed, objects), configMap, placeOf(target)),
    };
    try {
      await clients.core.createNamespacedConfigMap({ namespace, body, fieldManager });
      return ref;
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
      // Another attempt of this activity was faster, or another release of the same second.
      const theirs = await findBackup(clients, target, key);
      if (theirs !== undefined) return theirs;
    }
  }
}

/** Keyed as people name them, for example `Deployment/shop-server`; as the server wrote them. */
async function readObjects(clients: ClusterClients, target: Target): Promise<Record<string, unknown>> {
  const ref = deploymentRef(target);
  const service = { name: target.service.kubernetesService, namespace: ref.namespace };
  const autoscaler = (await findAutoscaler(clients, ref))?.metadata?.name;
  const [deploymentJson, serviceJson, autoscalerJson] = await Promise.all([
    rawJson((options) => clients.apps.readNamespacedDeployment(ref, options)),
    rawJson((options) => clients.core.readNamespacedService(service, options)),
    autoscaler === undefined
      ? undefined
      : rawJson((options) =>
          clients.autoscaling.readNamespacedHorizontalPodAutoscaler(
            { name: autoscaler, namespace: ref.namespace },
            options,
          ),
        ),
  ]);
  return {
    [`Deployment/${ref.name}`]: deploymentJson,
    [`Service/${service.name}`]: serviceJson,
    ...(autoscalerJson === undefined ? {} : { [`HorizontalPodAutoscaler/${autoscaler}`]: autoscalerJson }),
  };
}

function backupRef(
  configMap: string,
  takenAt: Date,
  observed: ObservedTarget,
  objects: readonly string[],
): BackupRef {
  const { image, revision, replicas } = observed.deployment;
  return {
    configMap,
    takenAt: takenAt.toISOString(),
    image,
    revision,
    replicas,
    ...(observed.helm === undefined ? {} : { helmRevision: observed.helm.deployedRevision }),
    objects,
  };
}

/** For example `fairway-backup-shop-20260203-101500`. */
function backupName({ service }: Target, at: Date, clash: number): string {
  const [day = '', time = ''] = at.toISOString().replaceAll(/[-:]/g, '').slice(0, 15).split('T');
  return `fairway-backup-${service.name}-${day}-${time}${clash === 0 ? '' : `-${clash + 1}`}`;
}
