/** Another environment has to have verified the same image first. */
import type { Permission } from './permission.ts';

export interface PromotionPolicy {
  /** Name of the environment. */
  readonly from: string;
  /** Seconds that the image must have been there, verified, before it may go on. */
  readonly soakSeconds: number;
  /** Who may let a release go all the same, with a reason. */
  readonly override: Permission;
  /** Whether pods must run the very digest that was verified there, where one is known; absent: as false. */
  readonly sameDigest?: boolean;
}

/** What another environment verified, for the pods here to be compared with. */
export interface PromotedImage {
  /** Name of the environment that verified it. */
  readonly from: string;
  /** Workflow ID of the release that did. */
  readonly release: string;
  /** `sha256:…` */
  readonly digest: string;
}

/** A release that passed verification. Times are ISO 8601 (UTC). */
export interface VerifiedRelease {
  /** Workflow ID. */
  readonly release: string;
  readonly version: string;
  /** Image reference as the release wrote it. */
  readonly image: string;
  /** `sha256:…` of what the pods really ran, where every pod told the same. */
  readonly digest?: string;
  readonly verifiedAt: string;
}

/** What took a version's place in an environment. */
export interface TargetChange {
  /** Workflow ID. */
  readonly release: string;
  readonly what: 'released' | 'rolledBack';
  /** Image that a rollback left; absent for a release. */
  readonly from?: string;
  /** What runs since. */
  readonly version: string;
  readonly at: string;
}

/** What Temporal's records say of a service in an environment. Both lists have the newest first. */
export interface PromotionRecord {
  readonly verified: readonly VerifiedRelease[];
  /** Since the oldest of the verified releases. */
  readonly changes: readonly TargetChange[];
}
