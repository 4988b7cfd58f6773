/** What must be true of every release under load, good or bad. */
import { expect } from '@jest/globals';
import { failures, servedBy, settledIn, shareProblem, type Share, type Span } from './answers.ts';
import { perSecond } from './load.ts';
import { spanOf, type Run } from './run.ts';

export interface Served {
  /** The version that serves everything when the release begins, and when it has ended. */
  readonly before: string;
  readonly after: string;
  /** Others that answer in between. */
  readonly between?: readonly string[];
  /** Who serves what part while a step of the release goes on. */
  readonly during?: Readonly<Record<string, Share>>;
}

/** Not one request fails, and each version serves what it should. */
export function expectServed(run: Run, served: Served): void {
  expect(failures(run.answers)).toEqual({});
  expectShares(run, served);
}

/** What a client of a bad version may see: errors that this version itself answers, and no more than these. */
export interface Exposure {
  /** Part of all requests that the bad version gets. */
  readonly share: number;
  /** Part of those that it fails. */
  readonly failing: number;
  /** The longest that it may take to be found and to lose its traffic. */
  readonly seconds: number;
}

/** As `expectServed`, but the bad version was seen to fail, for no longer than granted. */
export function expectBoundedFailures(run: Run, served: Served, { share, failing, seconds }: Exposure): void {
  const atMost = Math.round(perSecond * share * failing * seconds);
  const { 'status 500': answered = 0, ...others } = failures(run.answers);
  console.log(`${run.name}: ${answered} requests failed, at most ${atMost} may`);
  // A connection that is refused or cut is never the version's own doing.
  expect(others).toEqual({});
  expect(answered).toBeGreaterThan(0);
  expect(answered).toBeLessThanOrEqual(atMost);
  expect(failures(settledIn(run.answers, run.after))).toEqual({});
  expectShares(run, served);
}

function expectShares(run: Run, { before, after, between = [], during = {} }: Served): void {
  const { answers } = run;
  const settled = settledIn(answers, { from: run.before.from, to: Infinity });
  expect(Object.keys(servedBy(settled)).sort()).toEqual([...new Set([before, after, ...between])].sort());
  const problems = [
    problem('before', run, run.before, { version: before, share: 1 }),
    ...Object.entries(during).map(([step, share]) => problem(step, run, spanOf(run, step), share)),
    problem('after', run, run.after, { version: after, share: 1 }),
  ];
  expect(problems.filter((each) => each !== undefined)).toEqual([]);
}

function problem(when: string, { answers }: Run, span: Span, share: Share): string | undefined {
  const found = shareProblem(settledIn(answers, span), share);
  return found === undefined ? undefined : `${when}: ${found}`;
}
