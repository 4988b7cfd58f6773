/**
 * The API server is away for a minute, and Temporal for ten seconds, in the middle of releases of each
 * strategy: they end as if nothing had been.
 *
 * A run takes one release of each strategy, which meets both outages; FAIRWAY_FAULTS=all takes every release,
 * good and bad, and each outage alone. Which releases, and the calls that have just begun when a server goes
 * away, are drawn from a seed, which is printed: FAIRWAY_FAULTS_SEED=<it> draws the same again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { openBench, type Bench } from './bench.ts';
import { circumstances } from './circumstances.ts';
import { expectTheEnding, type Undertaking } from './invariants.ts';
import { ownGround, type OwnGround } from './ground.ts';
import { openLane, type Lane } from './lane.ts';
import { everyOutage, serverOf, someOutages, type Course, type Outage, type Round } from './outages.ts';
import { allFaults, chance, seed } from './seed.ts';
import { stories } from './stories.ts';
import { abortWhenHeld, holds, undertake } from './undertake.ts';

let ground: OwnGround;
let bench: Bench;

beforeAll(async () => {
  ground = await ownGround();
  bench = await openBench(ground);
}, 400_000);

afterAll(async () => {
  await bench.stop();
}, 400_000);

const draw = chance('outages');

describe(`FAIRWAY_FAULTS_SEED=${seed}`, () => {
  test.each(allFaults ? everyOutage(stories, draw) : someOutages(stories, draw))(
    '$title',
    async ({ outages, courses }: Round) => {
      const lanes = await Promise.all(courses.map(({ story }) => openLane(bench, story.method)));
      try {
        const goings = await Promise.all(courses.map((course, index) => begin(lanes[index] as Lane, course)));
        for (const [which, outage] of outages.entries()) await takeAway(outage, which, goings);
        await Promise.all(
          goings.map(async ({ lane, undertaking, aborted }) => {
            await aborted;
            await expectTheEnding(bench, lane, undertaking, { helmInterrupted: true });
          }),
        );
      } catch (error) {
        const all = await Promise.all(lanes.map((lane) => circumstances(bench, lane)));
        throw new Error([String(error), ...all].join('\n\n'), { cause: error });
      } finally {
        await Promise.all(lanes.map((lane) => lane.close()));
      }
    },
    1_200_000,
  );
});

interface Going {
  readonly lane: Lane;
  readonly undertaking: Undertaking;
  readonly aborted: Promise<void> | undefined;
  readonly over: Promise<unknown>;
  /** For each outage: the call is about to begin; or the release has ended before. */
  readonly ready: readonly Promise<unknown>[];
  readonly letGo: (which: number) => Promise<void>;
}

async function begin(lane: Lane, { story, at }: Course): Promise<Going> {
  const atHold = at.map((call) => lane.held(call));
  const aborting = story.abortedAt === undefined ? undefined : lane.held(story.abortedAt);
  const undertaking = await undertake(bench, lane, story, holds([...at, story.abortedAt]));
  const over = bench.endOf(undertaking.handle).catch(() => undefined);
  return {
    lane,
    undertaking,
    over,
    aborted: aborting === undefined ? undefined : abortWhenHeld(bench, lane, story, aborting),
    ready: atHold.map((held) => Promise.race([held, over])),
    letGo: async (which) => {
      const call = at[which];
      if (call !== undefined) await lane.letGo(call);
    },
  };
}

/** All at their moment together, they go on, and the server is gone. */
async function takeAway(outage: Outage, which: number, goings: readonly Going[]): Promise<void> {
  const { stop, start } = serverOf(ground, outage);
  await Promise.all(goings.map(async ({ ready }) => ready[which]));
  await Promise.all(goings.map(({ letGo }) => letGo(which)));
  await sleep(outage.milliseconds);
  await stop();
  await sleep(outage.seconds * 1_000);
  await start();
}
