/** Questions to the Temporal server itself. Runs on the control task queue. */
import type { PromotionRecord } from '../../domain/promotion.ts';
import type { QueueRank, Waiting } from '../../domain/queue.ts';
import type { ReleaseStatus } from '../../domain/status.ts';
import type { TargetRef } from '../../domain/target.ts';

export interface Holder {
  /** Workflow ID of the release, as the person who started it knows it. */
  readonly release: string;
  /** What the holder is for, for example `Shop 4.1.0 → production, requested by …`. */
  readonly description: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Workflow type, for example `standardDeployment`. */
  readonly type: string;
  readonly runId: string;
  /** As whom it took the target, if another one had it before. */
  readonly rank?: QueueRank;
  /** When the release was started; ISO 8601. */
  readonly askedAt: string;
}

/** Who has a target and who waits for it. */
export interface TargetQueue {
  /** Absent: the target is free. */
  readonly holder?: Holder;
  readonly waiting: readonly Waiting[];
  /** Why the lists could not be read: whoever waits is unknown then. */
  readonly problem?: string;
}

/** How a workflow ended: what its status said last, when it left one. */
export interface EndedRelease {
  readonly status?: ReleaseStatus;
}

export interface VerifiedQuestion extends TargetRef {
  /** Only this version; every one when absent. */
  readonly version?: string;
}

export interface EndQuestion extends TargetRef {
  /** The one that has ended before. */
  readonly release: string;
  /** ISO 8601. */
  readonly after: string;
  /** `well`: released, or rolled back as asked; `badly`: in a way that may wake somebody. */
  readonly ended: 'well' | 'badly';
}

/** Absent: there is none. */
export interface FoundEnd {
  readonly release?: string;
}

export interface TemporalActivities {
  /** Who holds a target now; `undefined` when it is free (the holder ended meanwhile). */
  describeHolder(input: { readonly workflowId: string }): Promise<Holder | undefined>;
  /** Who has the target with this ID, and who waits for it. */
  describeQueue(input: { readonly workflowId: string }): Promise<TargetQueue>;
  /** Waits until this run has ended, however it ends. */
  awaitEnd(input: { readonly workflowId: string; readonly runId: string }): Promise<EndedRelease>;
  /**
   * What passed verification in an environment and what took its place since, as far back as the server
   * keeps closed workflows (at most the 50 newest verified ones). Judged by `decidePromotion`.
   */
  findVerified(input: VerifiedQuestion): Promise<PromotionRecord>;
  /** Another release of the target that has ended so since, if there is one. */
  findEnd(input: EndQuestion): Promise<FoundEnd>;
}
