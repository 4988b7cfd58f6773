/**
 * Every strategy on every kind of target, well and badly ended, disturbed by failing pods and by people,
 * on a real API server: each state on the way is recorded and held against what was promised.
 */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { openBench, type Bench } from '../support/matrix/bench.ts';
import { cases } from '../support/matrix/cases.ts';
import { turns } from '../support/matrix/turns.ts';
import { runCase, type CaseResult } from '../support/matrix/run-case.ts';

/** They run beside one another and mostly wait; the first test waits for the most. */
jest.setTimeout(1_200_000);

/** More pods that start at once than a small machine can answer for only make each other slow. */
const atATime = 16;

const only = process.env['MATRIX_ONLY'];
const chosen = cases.filter(({ name }) => only === undefined || new RegExp(only).test(name));

let bench: Bench;
const results = new Map<string, Promise<CaseResult | Error>>();

beforeAll(async () => {
  bench = await openBench(chosen);
  const { take } = turns(atATime);
  for (const one of chosen) {
    results.set(
      one.name,
      take(() => runCase(bench, one)).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      ),
    );
  }
}, 400_000);

afterAll(async () => {
  await bench.stop();
}, 200_000);

test.each(chosen)('$name: $outcome', async ({ name, outcome, says = /^/ }) => {
  const result = await results.get(name);
  if (result === undefined || result instanceof Error) throw result ?? new Error('It was not run.');
  const { status, violations, expected, found, lock, helmAgrees } = result;
  expect({ outcome: status.outcome, reason: status.reason }).toMatchObject({ outcome });
  expect([status.reason, ...status.notes].join('\n')).toMatch(says);
  expect(violations).toEqual([]);
  expect(found).toEqual(expected);
  expect(helmAgrees).toBe(true);
  expect(lock).not.toBe('RUNNING');
});
