/** What a rollback asks of a cluster besides. Runs on the target environment's task queue. */
import type { Problem } from '../../domain/observation.ts';
import type { Target } from '../../domain/target.ts';
import type { TargetHistory } from '../../domain/target-history.ts';

export interface BackupInput {
  readonly target: Target;
  /** Name of the backup. */
  readonly configMap: string;
}

export interface BackupComparison {
  /** Where what is there differs from the backup, for example `Deployment/shop-server: spec.replicas 5 → 3`; none: nothing does. */
  readonly changes: readonly string[];
  /** What stays as it is although the backup says otherwise, and why. */
  readonly kept: readonly string[];
  /** Why it cannot be brought back. */
  readonly problems: readonly Problem[];
}

export interface RestoreBackupInput extends BackupInput {
  /** Images that this run may find: anything else was put there by somebody else. */
  readonly ours: readonly string[];
}

export interface RestoreBackupResult {
  readonly changed: boolean;
  readonly image: string;
  readonly revision: string;
}

export interface RollbackActivities {
  /** ReplicaSets, revisions of Helm and backups: what the target could return to. Reads only. */
  listRevisions(input: { readonly target: Target }): Promise<TargetHistory>;
  /** Holds a backup against what is there, and looks whether it can be brought back. Reads only. */
  compareBackup(input: BackupInput): Promise<BackupComparison>;
  /**
   * Brings back what a backup holds: template, replicas, Service, autoscaler. A redacted value is never
   * written: the ReplicaSet of the time, else what is there now, has the real one.
   */
  restoreBackup(input: RestoreBackupInput): Promise<RestoreBackupResult>;
}
