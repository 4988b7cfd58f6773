/** What the Service's clients had of a release, moment by moment. */
import { expect } from '@jest/globals';
import type { Bench } from './bench.ts';
import { sumOf } from './capacity.ts';
import type { Lane } from './lane.ts';
import { deployment } from './lane-configuration.ts';
import { greenWasTestedAt } from './records.ts';
import type { Story } from './story.ts';

/** The pods that the disruption budget of the chart asks for: a canary that fails may leave so many alone. */
const declaredMinimum = 2;

/** At every moment as many pods served, and could serve, as were promised; and never an untested green. */
export async function expectServed(
  bench: Bench,
  lane: Lane,
  { strategy, ends, green }: Story,
  replicas: number,
): Promise<void> {
  const promised = strategy === 'canary' && ends === 'old' ? declaredMinimum : replicas;
  const moments = bench.capacity.seen(lane.name);
  const tooFew = moments.filter(
    ({ serving, available }) => sumOf(serving) < promised || sumOf(available) < promised,
  );
  expect({ promised, tooFew }).toEqual({ promised, tooFew: [] });
  const [first] = moments.filter(({ serving }) => `${deployment}-green` in serving);
  if (green !== 'serves') {
    expect(first).toBeUndefined();
    return;
  }
  expect(first?.at).toBeGreaterThan(await greenWasTestedAt(bench, lane));
}
