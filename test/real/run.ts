/** A release or a rollback under load, when it is over. */
import type { ReleaseStatus } from '../../src/domain/status.ts';
import type { Span } from './answers.ts';
import type { Answer } from './load.ts';

export interface Run {
  readonly name: string;
  /** As it was at the end. */
  readonly status: ReleaseStatus;
  readonly answers: readonly Answer[];
  readonly before: Span;
  readonly after: Span;
}

/** While a step of it went on; of a step that never ran, no time at all. */
export function spanOf({ status }: Run, name: string): Span {
  const { startedAt = '', endedAt = '' } = status.steps.find((step) => step.name === name) ?? {};
  return { from: Date.parse(startedAt), to: Date.parse(endedAt) };
}
