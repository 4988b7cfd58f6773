/**
 * Whenever the worker dies, a release ends by itself: fully new or fully old, announced once, one outcome.
 *
 * A run kills the worker at each call of a good standard release, and at a sample of the places of all others: each
 * call that changes something is among them at least once. FAIRWAY_FAULTS=all takes every place of every release, four to a release. Which places the
 * sample takes, and how many milliseconds into a call a worker dies, is drawn from a seed, which is printed:
 * FAIRWAY_FAULTS_SEED=<it> draws the same again. Without one, the sample is always the same, and `all` draws
 * a new seed. `-t 'a good canary'` takes one story.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UpdateMethod } from '../../src/domain/target.ts';
import { openBench, type Bench } from './bench.ts';
import { circumstances } from './circumstances.ts';
import { sharedGround } from './ground.ts';
import { expectTheEnding, type Undertaking } from './invariants.ts';
import { openLane, type Lane } from './lane.ts';
import { callsOf } from './records.ts';
import { everyDeath, someDeaths, type DeathCase } from './sample.ts';
import { allFaults, chance, seed } from './seed.ts';
import { stories } from './stories.ts';
import { unknownCalls } from './story.ts';
import { abortWhenHeld, holds, undertake } from './undertake.ts';

/** Most of it is waiting: ten seconds until a dead worker is missed, thirty for green, more on a busy machine. */
const caseMilliseconds = 900_000;

let bench: Bench;
const free: Record<UpdateMethod, Lane[]> = { helm: [], image: [] };
const open: Lane[] = [];

beforeAll(async () => {
  bench = await openBench(await sharedGround());
}, 400_000);

afterAll(async () => {
  await Promise.all(open.map((lane) => lane.close()));
  await bench.stop();
}, 400_000);

const draw = chance('deaths');

describe(`FAIRWAY_FAULTS_SEED=${seed}`, () => {
  test.concurrent.each(allFaults ? everyDeath(stories, draw) : someDeaths(stories, draw))(
    '$title',
    (each) => onALane(each.story.method, (lane) => expectToEndAsMeant(lane, each)),
    caseMilliseconds + 60_000,
  );
});

async function expectToEndAsMeant(lane: Lane, { story, deaths }: DeathCase): Promise<void> {
  const { abortedAt } = story;
  const held = abortedAt === undefined ? undefined : lane.held(abortedAt);
  const undertaking = await undertake(bench, lane, story, [...holds([abortedAt]), ...deaths]);
  const aborted = held === undefined ? undefined : abortWhenHeld(bench, lane, story, held);
  const over = ended(undertaking);
  for (let died = 0; died < deaths.length; died += 1) {
    expect(await Promise.race([lane.workerEnd(), over])).toBe('SIGKILL');
    await lane.replaceWorker();
  }
  await over;
  await aborted;
  expect(await lane.armed()).toEqual([]);
  await expectTheEnding(bench, lane, undertaking);
  expect(unknownCalls(story, await callsOf(bench, lane))).toEqual([]);
}

async function ended({ handle }: Undertaking): Promise<string> {
  await bench.endOf(handle).catch(() => undefined);
  return 'the release ended and its worker had not died';
}

/** A lane that a failed case leaves behind is not used again. */
async function onALane(method: UpdateMethod, work: (lane: Lane) => Promise<void>): Promise<void> {
  const lane = free[method].pop() ?? (await openLane(bench, method));
  if (!open.includes(lane)) open.push(lane);
  try {
    await Promise.race([work(lane), tooLate()]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}\n\n${await circumstances(bench, lane)}`, { cause: error });
  }
  free[method].push(lane);
}

/** Before jest's own limit, whose message could not say how far the release came. */
async function tooLate(): Promise<never> {
  await sleep(caseMilliseconds, undefined, { ref: false });
  throw new Error(`The release had not ended after ${caseMilliseconds / 1_000} s.`);
}
