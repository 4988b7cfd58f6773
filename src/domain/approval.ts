/**
 * Who may say yes, and what a yes is worth. An approval is given to one plan, named by its digest: when
 * the plan changes, it is void. Times are ISO 8601 (UTC).
 */

/** Who has to agree in an environment, with names as `normaliseIdentity` writes them. */
export interface ApprovalPolicy {
  /** Distinct people other than the requester; 0: nobody is asked. */
  readonly required: number;
  /** Who may approve; empty: anybody but the requester. Groups of `fairway.yaml` are resolved already. */
  readonly people: readonly string[];
  /** Seconds from asking until the release gives up. */
  readonly expirySeconds: number;
}

export interface Approval {
  /** Normalised. */
  readonly by: string;
  readonly at: string;
  /** As it was sent; not judged. */
  readonly signature?: string;
}

/** One question to people: about the whole plan, or at a gate inside of a strategy. */
export interface ApprovalRound {
  /** What is asked for, for example `the plan` or `the switch to green`. */
  readonly subject: string;
  readonly policy: ApprovalPolicy;
  /** SHA-256 of the plan, in hexadecimal. */
  readonly digest: string;
  /** Normalised; does not count. */
  readonly requestedBy?: string;
  readonly askedAt: string;
  readonly expiresAt: string;
  readonly approvals: readonly Approval[];
  readonly rejection?: Approval & { readonly reason?: string };
  /** From here on nothing can be added and nothing taken back. */
  readonly concludedAt?: string;
}
