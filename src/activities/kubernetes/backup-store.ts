/** Backups in the namespace of their target: how they are marked, found again and cleared away. */
import { createHash } from 'node:crypto';
import type { V1ConfigMap } from '@kubernetes/client-node';
import type { BackupRef } from '../../domain/backup.ts';
import { backupsKept } from '../../domain/defaults.ts';
import type { Target } from '../../domain/target.ts';
import type { ClusterClients } from './clients.ts';
import { statusOf } from './failures.ts';
import { metadataOnly } from './metadata-only.ts';

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

/** Marks a backup so that its key finds it. */
export function backupMarks(target: Target, key: string, ref: BackupRef): BackupMarks {
  return {
    labels: { ...labelsOf(target), [label.environment]: target.environment.name, [label.key]: digestOf(key) },
    annotations: { [annotation.key]: key, [annotation.ref]: JSON.stringify(ref) },
  };
}

interface BackupMarks {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

export async function findBackup(
  clients: ClusterClients,
  target: Target,
  key: string,
): Promise<BackupRef | undefined> {
  const items = await listBackups(clients, target, { [label.key]: digestOf(key) });
  return items.map((item) => refOf(item, key)).find((ref) => ref !== undefined);
}

/** Deletes all but the newest; the one just made is never among the deleted. */
export async function pruneBackups(clients: ClusterClients, target: Target, keep: string): Promise<void> {
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

/** Backups of this very target, newest first. */
export async function listBackupRefs(clients: ClusterClients, target: Target): Promise<readonly BackupRef[]> {
  const items = await listBackups(clients, target, { [label.environment]: target.environment.name });
  return items
    .flatMap(({ metadata }) => {
      const ref = metadata?.annotations?.[annotation.ref];
      return ref === undefined ? [] : [JSON.parse(ref) as BackupRef];
    })
    .sort((a, b) => b.takenAt.localeCompare(a.takenAt));
}

export function isBackupOf({ metadata }: V1ConfigMap, target: Target): boolean {
  const wanted = Object.entries(labelsOf(target));
  return (
    metadata?.annotations?.[annotation.ref] !== undefined &&
    wanted.every(([key, value]) => metadata.labels?.[key] === value)
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
  const list = await clients.core.listNamespacedConfigMap({ namespace, labelSelector }, metadataOnly('list'));
  // An empty list of metadata is sent as null, whatever the client's types say.
  const items: V1ConfigMap[] | null = list.items;
  return items ?? [];
}

function refOf({ metadata }: V1ConfigMap, key: string): BackupRef | undefined {
  const ref = metadata?.annotations?.[annotation.ref];
  if (ref === undefined || metadata?.annotations?.[annotation.key] !== key) return undefined;
  return JSON.parse(ref) as BackupRef;
}

function labelsOf({ service }: Target): Readonly<Record<string, string>> {
  return { [label.managedBy]: 'fairway', [label.service]: service.name };
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

function createdAt({ metadata }: V1ConfigMap): number {
  return metadata?.creationTimestamp?.getTime() ?? 0;
}
