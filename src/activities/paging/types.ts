/** Wakes people, and tells them when it is over. Runs on the control task queue. */
import type { Change, Page, PagingPolicy } from '../../domain/paging.ts';

interface PagingInput {
  readonly policy: PagingPolicy;
}

export type PageInput = PagingInput & Page;

export interface ResolveInput extends PagingInput {
  readonly dedupKey: string;
  /** Further ones that are closed with it. */
  readonly also?: readonly string[];
}

export type ChangeInput = PagingInput & Change;

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
