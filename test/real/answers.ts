/** What the answers to a load say: who served what share of it, and what failed. */
import type { Answer } from './load.ts';

/** kube-proxy hears of endpoints a moment after the API server does (milliseconds). */
const settleMs = 2_000;
/** Fewer answers than this say nothing of a share; less will do where one exception is one too many. */
const minimumAnswers = 100;
const minimumAlike = 40;
/** Standard deviations that chance is granted: beyond them once in half a million shares. */
const granted = 5;

export interface Span {
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Answers that were asked for and given within the span, but for its first moment. */
export function settledIn(answers: readonly Answer[], { from, to }: Span): readonly Answer[] {
  return answers.filter(({ askedAt, endedAt }) => askedAt >= from + settleMs && endedAt <= to);
}

/** How many answers each version gave, whatever it answered. */
export function servedBy(answers: readonly Answer[]): Readonly<Record<string, number>> {
  return counts(answers.flatMap(({ version }) => version ?? []));
}

/** What went wrong and how often, for example `{"ECONNREFUSED": 2}`. */
export function failures(answers: readonly Answer[]): Readonly<Record<string, number>> {
  return counts(answers.flatMap(({ failure }) => failure ?? []));
}

export interface Share {
  readonly version: string;
  /** Between 0 and 1; both ends allow of no exception. */
  readonly share: number;
}

/** Why these answers are not of such a share; `undefined` when they are. */
export function shareProblem(answers: readonly Answer[], { version, share }: Share): string | undefined {
  const total = answers.length;
  const minimum = share === 0 || share === 1 ? minimumAlike : minimumAnswers;
  if (total < minimum) return `${total} answers are too few to tell a share`;
  const served = servedBy(answers)[version] ?? 0;
  const chance = granted * Math.sqrt((share * (1 - share)) / total);
  if (Math.abs(served / total - share) <= chance) return undefined;
  return `${version} served ${served} of ${total} (${percent(served / total)}), expected ${percent(share)} ± ${percent(chance)}`;
}

/** Seconds from the first request that failed to the last; 0 when none did. */
export function failingSeconds(answers: readonly Answer[]): number {
  const at = answers.filter(({ failure }) => failure !== undefined).map(({ askedAt }) => askedAt);
  return at.length === 0 ? 0 : Math.round((Math.max(...at) - Math.min(...at)) / 1_000);
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function counts(keys: readonly string[]): Readonly<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const key of keys) all[key] = (all[key] ?? 0) + 1;
  return all;
}
