import { createHash } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { V1ConfigMap } from '@kubernetes/client-node';
import type { BackupRef } from '../../domain/backup.ts';
import { backupsKept } from '../../domain/defaults.ts';
import type { ObservedTarget } from '../../domain/observation.ts';
import type { Target } from '../../domain/target.ts';
import type { HelmReader } from '../helm/types.ts';
import { findAutoscaler } from './autoscaler.ts';
import { backupContents, fitConfigMap } from './backup-contents.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, fieldManager, placeOf } from './deployment.ts';
import { statusOf } from './failures.ts';
import { metadataOnly } from './metadata-only.ts';
import { observeTarget } from './observe-target.ts';
import { rawJson } from './raw-json.ts';
import type { BackUpTargetInput } from './types.ts';

const label = {
  managedBy: 'app.kubernetes.io/managed-by',
  service: 'fairway.dev/service',
  environment: 'fairway.dev/environment',
  /** Digest of the key: a label cannot hold the key itself. */
  key: 'fairway.dev/key-digest',
} as const;
const annotation = {
  key: 'fairway.dev/key',
  /** The `BackupRef`, so that finding a backup again needs no read of its contents. */
  ref: 'fairway.dev/backup',
} as const;

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
  const found = await findByKey(clients, target, key);
  const ref = found ?? (await create(clients, helm, target, key));
  await prune(clients, target, ref.configMap);
  return ref;
}

async function findByKey(
  clients: ClusterClients,
  target: Target,
  key: string,
): Promise<BackupRef | undefined> {
  const items = await listBackups(clients, target, { [label.key]: digestOf(key) });
  return items.map((item) => refOf(item, key)).find((ref) => ref !== undefined);
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
      metadata: {
        name: configMap,
        labels: {
          ...labelsOf(target),
          [label.environment]: target.environment.name,
          [label.key]: digestOf(key),
        },
        annotations: { [annotation.key]: key, [annotation.ref]: JSON.stringify(ref) },
      },
      ...fitConfigMap(backupContents(ref, observed, objects), configMap, placeOf(target)),
    };
    try {
      await clients.core.createNamespacedConfigMap({ namespace, body, fieldManager });
      return ref;
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
      // Another attempt of this activity was faster, or another release of the same second.
      const theirs = await findByKey(clients, target, key);
      if (theirs !== undefined) return theirs;
    }
  }
}

/** Keyed as people name them, for example `Deployment/tensafe-server`; as the server wrote them. */
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

/** Deletes all but the newest; the one just made is never among the deleted. */
async function prune(clients: ClusterClients, target: Target, keep: string): Promise<void> {
  const { namespace } = target.environment;
  const others = (await listBackups(clients, target)).filter(({ metadata }) => metadata?.name !== keep);
  const newestFirst = others.sort((a, b) => createdAt(b) - createdAt(a));
  await Promise.all(
    newestFirst.slice(backupsKept - 1).map(async ({ metadata }) => {
      try {
        await clients.core.deleteNamespacedConfigMap({ name: metadata?.name ?? '', namespace });
      } catch (error) {
        if (statusOf(error) !== 404) throw error;
      }
    }),
  );
}

async function listBackups(
  clients: ClusterClients,
  target: Target,
  further: Readonly<Record<string, string>> = {},
): Promise<V1ConfigMap[]> {
  const labelSelector = Object.entries({ ...labelsOf(target), ...further })
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const { namespace } = target.environment;
  return (await clients.core.listNamespacedConfigMap({ namespace, labelSelector }, metadataOnly('list')))
    .items;
}

function refOf({ metadata }: V1ConfigMap, key: string): BackupRef | undefined {
  const ref = metadata?.annotations?.[annotation.ref];
  if (ref === undefined || metadata?.annotations?.[annotation.key] !== key) return undefined;
  return JSON.parse(ref) as BackupRef;
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

function labelsOf({ service }: Target): Readonly<Record<string, string>> {
  return { [label.managedBy]: 'fairway', [label.service]: service.name };
}

/** For example `fairway-backup-tensafe-20260203-101500`. */
function backupName({ service }: Target, at: Date, clash: number): string {
  const [day = '', time = ''] = at.toISOString().replaceAll(/[-:]/g, '').slice(0, 15).split('T');
  return `fairway-backup-${service.name}-${day}-${time}${clash === 0 ? '' : `-${clash + 1}`}`;
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

function createdAt({ metadata }: V1ConfigMap): number {
  return metadata?.creationTimestamp?.getTime() ?? 0;
}
