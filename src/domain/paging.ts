/** Who is woken, and when. */

/** Absent in a target: nobody is. */
export interface PagingPolicy {
  /** Base URL of the Events API. */
  readonly url: string;
  /** Which ends of a release wake somebody. */
  readonly on: readonly PagingOccasion[];
  /** The start of a release is told as a change event, which wakes nobody. */
  readonly changes: boolean;
  readonly severity: 'critical' | 'error' | 'warning' | 'info';
}

/** `failed`: put back (or never begun) after a failure. `rollbackFailed`: something is left that a person must do. */
export type PagingOccasion = 'failed' | 'rollbackFailed';
