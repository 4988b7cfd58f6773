/** A target's past, for tests that need no cluster. */
import type { BackupRef } from '../../src/domain/backup.ts';
import type { HelmRevisionFacts, TargetHistory, TargetRevision } from '../../src/domain/target-history.ts';

export function aRevision(
  revision: number,
  version: string,
  change: Partial<TargetRevision> = {},
): TargetRevision {
  return {
    revision,
    formerRevisions: [],
    replicaSet: `shop-server-${revision}`,
    templateHash: `hash-${revision}`,
    contentDigest: `content-${version}`,
    image: `example/shop:${version}`,
    createdAt: `2026-02-0${revision}T09:00:00Z`,
    ...change,
  };
}

export function aHelmRevision(
  revision: number,
  version: string,
  change: Partial<HelmRevisionFacts> = {},
): HelmRevisionFacts {
  return {
    revision,
    status: 'superseded',
    chart: 'shop-1.0.0',
    updatedAt: `2026-02-0${revision}T08:59:00Z`,
    image: `example/shop:${version}`,
    manifestDigest: `manifest-${version}`,
    ...change,
  };
}

export function aBackup(configMap: string, version: string, change: Partial<BackupRef> = {}): BackupRef {
  return {
    configMap,
    takenAt: '2026-02-03T10:00:00Z',
    image: `example/shop:${version}`,
    revision: '3',
    replicas: 3,
    objects: ['Deployment/shop-server', 'Service/shop-server'],
    ...change,
  };
}

/** 3.9.0, 4.0.0 and, running, 4.1.0 (revisions 2, 3 and 4; Helm's 5, 6 and 7). */
export function aHistory(): TargetHistory {
  return {
    revisions: [
      aRevision(4, '4.1.0', { replicaSet: 'shop-server-abc' }),
      aRevision(3, '4.0.0'),
      aRevision(2, '3.9.0', { formerRevisions: [1] }),
    ],
    helm: [
      aHelmRevision(7, '4.1.0', { status: 'deployed' }),
      aHelmRevision(6, '4.0.0'),
      aHelmRevision(5, '3.9.0'),
    ],
    backups: [aBackup('fairway-backup-shop-2', '4.0.0'), aBackup('fairway-backup-shop-1', '3.9.0')],
  };
}
