/** What a rollback returns to, in words for people. */
import type { BackupRef } from './backup.ts';
import { minuteWords } from './minute-words.ts';
import type { RollbackTo } from './rollback-request.ts';
import type { HelmRevisionFacts, TargetHistory, TargetRevision } from './target-history.ts';

/** What was asked for, for example `revision 3`. */
export function askedWords(to: RollbackTo): string {
  switch (to.kind) {
    case 'previous':
      return 'previous revision';
    case 'revision':
      return `revision ${to.revision}`;
    case 'version':
      return to.version;
    case 'helmPrevious':
      return 'previous Helm revision';
    case 'helmRevision':
      return `Helm revision ${to.revision}`;
    case 'latestBackup':
      return 'latest backup';
    case 'backup':
      return `backup ${to.configMap}`;
  }
}

/** `revision 3 (example/shop:4.0.0, made 2026-02-03 09:00 UTC)`. */
export function revisionWords({ revision, image, createdAt }: TargetRevision): string {
  return `revision ${revision} (${image}, made ${minuteWords(createdAt)})`;
}

/** `Helm revision 5 (example/shop:4.0.0, chart shop-1.0.0, of 2026-02-03 09:00 UTC)`. */
export function helmRevisionWords({ revision, image, chart, updatedAt }: HelmRevisionFacts): string {
  return `Helm revision ${revision} (${image ?? 'no image of ours'}, chart ${chart}, of ${minuteWords(updatedAt)})`;
}

/** `backup fairway-backup-shop-1 (example/shop:4.0.0, 3 replicas, of 2026-02-03 09:00 UTC)`. */
export function backupWords({ configMap, image, replicas, takenAt }: BackupRef): string {
  return `backup ${configMap} (${image}, ${replicas} replicas, of ${minuteWords(takenAt)})`;
}

/** Everything that could be asked for, one list for each kind. */
export function whatExists({ revisions, helm = [], backups }: TargetHistory): {
  readonly revisions: string;
  readonly helm: string;
  readonly backups: string;
} {
  const list = (words: readonly string[]): string => (words.length === 0 ? 'none' : words.join('; '));
  return {
    revisions: list(revisions.map(revisionWords)),
    helm: list(helm.map(helmRevisionWords)),
    backups: list(backups.map(backupWords)),
  };
}
