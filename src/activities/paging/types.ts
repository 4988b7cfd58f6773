/** Wakes people, and tells them when it is over. Runs on the control task queue. */
import type { PagingPolicy } from '../../domain/paging.ts';

export interface Link {
  readonly href: string;
  readonly text: string;
}

interface PagingInput {
  readonly policy: PagingPolicy;
}

export interface PageInput extends PagingInput {
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

export interface ResolveInput extends PagingInput {
  readonly dedupKey: string;
}

export interface ChangeInput extends PagingInput {
  readonly summary: string;
  readonly source: string;
  readonly details: Readonly<Record<string, string>>;
  readonly links: readonly Link[];
}

/** `unconfigured`: the worker has no routing key; the text was logged instead. */
export interface PagingAnswer {
  readonly outcome: 'accepted' | 'unconfigured';
}

/**
 * All idempotent at the vendor by key (changes: at most told twice, when a worker dies between the vendor's answer
 * and its record). Throws `PagingUnavailable` (worth a retry: away, rate limited) and `PagingRejected`.
 */
export interface PagingActivities {
  page(input: PageInput): Promise<PagingAnswer>;
  resolvePage(input: ResolveInput): Promise<PagingAnswer>;
  tellChange(input: ChangeInput): Promise<PagingAnswer>;
}
