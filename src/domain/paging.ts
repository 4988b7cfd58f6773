/** Who is woken, and when. */
import type { Link } from './links.ts';

/** Absent in a target: nobody is. */
export interface PagingPolicy {
  /** Base URL of the Events API. */
  readonly url: string;
  /** Which ends of a release wake somebody. */
  readonly on: readonly PagingOccasion[];
  /** The start of a release is told as a change event, of which the vendor notifies nobody: it stands beside incidents. */
  readonly changes: boolean;
  readonly severity: 'critical' | 'error' | 'warning' | 'info';
}

/** `failed`: put back (or never begun) after a failure. `rollbackFailed`: something is left that a person must do. */
export type PagingOccasion = 'failed' | 'rollbackFailed';

/** What a person is woken with. */
export interface Page {
  /** The same key is the same incident: repeated triggers do not wake twice, `resolve` closes it. */
  readonly dedupKey: string;
  /** One line, at most 1,024 characters. */
  readonly summary: string;
  /** What is not well, for example `shop in production`. */
  readonly source: string;
  readonly severity: PagingPolicy['severity'];
  readonly details: Readonly<Record<string, string>>;
  readonly links: readonly Link[];
}

/** Something happened, and nobody needs to wake. */
export type Change = Omit<Page, 'dedupKey' | 'severity'>;
