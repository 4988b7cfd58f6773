/** What an on-call system is asked. What goes wrong is in the answer. */
import type { Answer } from './answer.ts';

export interface OnCallSystem {
  /** Who is on call in a schedule now. */
  now(schedule: string, signal: AbortSignal): Promise<Answer<readonly OnCallPerson[]>>;
}

export interface OnCallPerson {
  readonly name: string;
  /** ISO 8601; absent: for good. */
  readonly until?: string;
  readonly link?: string;
}
