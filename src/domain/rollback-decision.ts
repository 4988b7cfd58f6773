/** The shapes of a rollback's decision: where to, why not, or nothing to do. */
import type { BackupRef } from './backup.ts';
import type { ObservedTarget } from './observation.ts';
import type { Refusal, Unchanged } from './refusal.ts';
import type { Target, UpdateMethod } from './target.ts';
import type { HelmRevisionFacts, TargetHistory, TargetRevision } from './target-history.ts';

/** Where to, once it is known that it is there and that it differs from what runs. */
export type Destination =
  | { readonly by: 'revision'; readonly revision: TargetRevision }
  | { readonly by: 'helm'; readonly revision: HelmRevisionFacts }
  | { readonly by: 'backup'; readonly backup: BackupRef };

export interface RollbackPlan {
  readonly strategy: 'rollback';
  /** Image that runs now; what a failure returns to. */
  readonly from: string;
  readonly to: string;
  /** `helm` when Helm is rolled back too. */
  readonly method: UpdateMethod;
  readonly destination: Destination;
  /** The revision for `helm rollback`. */
  readonly helmRevision?: number;
  /** What exactly it returns to, for people. */
  readonly words: string;
  /** Worth knowing, for example what Helm holds afterwards. */
  readonly notes: readonly string[];
  /** The target as it is: restored exactly when the rollback fails. */
  readonly recorded: ObservedTarget;
}

export type Choice = Found | Unchanged | Refusal;

export interface Found {
  readonly decision: 'found';
  readonly destination: Destination;
  /** Worth knowing about the choice. */
  readonly notes: readonly string[];
}

export type RollbackDecision = { readonly decision: 'go'; readonly plan: RollbackPlan } | Unchanged | Refusal;

/** A release that held the target when the rollback was asked for, and how it ended. */
export interface InterruptedRelease {
  readonly release: string;
  /** Outcome of its status; absent when it left none. */
  readonly outcome?: string;
  /** Image that ran before it; absent when it had not looked yet. */
  readonly from?: string;
  /** Whether it had changed anything, and so put it back; absent when it did not say. */
  readonly changed?: boolean;
}

export interface RollbackFacts {
  readonly target: Target;
  readonly observed: ObservedTarget;
  readonly history: TargetHistory;
  readonly interrupted?: InterruptedRelease;
}
