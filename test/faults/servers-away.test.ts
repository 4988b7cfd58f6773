/** Temporal or the API server goes away in the middle of releases, and comes back: they end as if nothing had been. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBench, type Bench } from './bench.ts';
import { expectFullyOldOrNew, type Undertaking } from './invariants.ts';
import { openLane, type Lane } from './lane.ts';
import { lookAt } from './namespace-view.ts';

/** The new version starts slowly on the first lane, the old one on the second: time to be met in the middle. */
let bench: Bench;
let forward: Lane;
let back: Lane;

beforeAll(async () => {
  bench = await openBench();
  [forward, back] = await Promise.all([
    openLane(bench, 'image'),
    openLane(bench, 'helm', '4.0.0-slow-start'),
  ]);
}, 120_000);

afterAll(async () => {
  await Promise.all([forward, back].map((lane) => lane.close()));
  await bench.stop();
}, 60_000);

const outages = [
  {
    server: 'the API server',
    stop: () => bench.cluster.stopApiServer(),
    start: () => bench.cluster.startApiServer(),
  },
  { server: 'Temporal', stop: () => bench.temporal.kill9(), start: () => bench.temporal.restart() },
];

test.each(outages)(
  '$server is killed and away for ten seconds, while one release rolls out and another rolls back',
  async ({ stop, start }) => {
    const returning = await begin(back, '-unhealthy');
    await untilPhase(back, returning, 'Verify');
    const going = await begin(forward, '-slow-start');
    await Promise.all([
      untilPhase(forward, going, 'Monitor rollout'),
      untilPhase(back, returning, 'Roll back'),
    ]);

    await stop();
    await sleep(10_000);
    await start();

    const endings = [
      await expectFullyOldOrNew(bench, back, returning),
      await expectFullyOldOrNew(bench, forward, going),
    ];
    expect(endings).toEqual(['rolledBack', 'released']);
  },
  240_000,
);

async function begin(lane: Lane, behaviour: string): Promise<Undertaking> {
  const before = await lookAt(bench, lane);
  bench.capacity.restart(lane.name);
  const version = lane.nextVersion(behaviour);
  return { handle: await lane.release(version), version, before };
}

/** Before the release has begun, the lane answers with the one before, or not at all. */
async function untilPhase(lane: Lane, { handle }: Undertaking, phase: string): Promise<void> {
  const lookAgainMilliseconds = 100;
  for (;;) {
    const status = await lane.status().catch(() => undefined);
    if (status?.release === handle.workflowId) {
      if (status.phase === phase) return;
      if (status.outcome !== undefined)
        throw new Error(`The release ended before "${phase}": ${JSON.stringify(status)}`);
    }
    await sleep(lookAgainMilliseconds);
  }
}
