/** Checks on a running target. Runs on the target environment's task queue; changes nothing. */
import type { VerificationReport } from '../../domain/check.ts';
import type { PromotedImage } from '../../domain/promotion.ts';
import type { Target } from '../../domain/target.ts';

export interface VerifyTargetInput {
  readonly target: Target;
  /** Expected image of every pod; whatever the Deployment's template says when absent. */
  readonly image?: string;
  /**
   * When the change began that is verified, in milliseconds since 1970: alerts from before it are told, and fail
   * nothing. Absent: no alert may fire.
   */
  readonly since?: number;
  /** The image that another environment verified, which this has to be. */
  readonly promoted?: PromotedImage;
}

export interface VerificationActivities {
  /** Runs every configured check on all the target's pods. Heartbeats the check it is at. */
  verifyTarget(input: VerifyTargetInput): Promise<VerificationReport>;
}
