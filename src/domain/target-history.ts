/** What a target could return to: what the cluster, Helm and the backups still hold of its past. */
import type { BackupRef } from './backup.ts';
import type { HelmStatus } from './observation.ts';

export interface TargetHistory {
  /** Newest first; the one that runs is among them. */
  readonly revisions: readonly TargetRevision[];
  /** Newest first; absent when Helm has no part in the service or no such release. */
  readonly helm?: readonly HelmRevisionFacts[];
  /** Newest first. */
  readonly backups: readonly BackupRef[];
}

/** A ReplicaSet of the Deployment. */
export interface TargetRevision {
  /** `deployment.kubernetes.io/revision`. */
  readonly revision: number;
  /** Numbers that it had before: returning to a revision gives it a new one. */
  readonly formerRevisions: readonly number[];
  readonly replicaSet: string;
  readonly templateHash: string;
  /** Digest of the pod template without the marks of a restart: equal means that the pods are the same. */
  readonly contentDigest: string;
  /** Image of the configured container. */
  readonly image: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** A release or a rollback of Fairway went back from here, and it did not run since. */
  readonly left?: true;
}

export interface HelmRevisionFacts {
  readonly revision: number;
  readonly status: HelmStatus;
  /** `name-version`. */
  readonly chart: string;
  /** ISO 8601. */
  readonly updatedAt: string;
  /** Image of the configured container in the stored manifest. */
  readonly image?: string;
  /** Of the stored manifest. */
  readonly manifestDigest: string;
  /** The revision that was returned to, when this is a rollback. */
  readonly rolledBackTo?: number;
}
