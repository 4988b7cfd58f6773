/** What came of a question: an answer, or why there is none. */
import type { ChecklistSighting } from '../../domain/checklist.ts';

/** An item's sighting without its name. */
export type Seen = Omit<ChecklistSighting, 'name'>;

/** It is not there, or nobody can tell. */
export type Trouble = Seen & { readonly state: 'missing' | 'unknown' };

export type Answer<T> = { readonly state: 'told'; readonly value: T } | Trouble;

export function told<T>(value: T): Answer<T> {
  return { state: 'told', value };
}

export function unknown(detail: string, remedy: string): Trouble {
  return { state: 'unknown', detail, remedy };
}

export function missing(detail: string, remedy: string): Trouble {
  return { state: 'missing', detail, remedy };
}
