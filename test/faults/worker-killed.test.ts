/** Whenever the worker dies, a release ends by itself: fully new or fully old, announced once, one outcome. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { UpdateMethod } from '../../src/domain/target.ts';
import { openBench, type Bench } from './bench.ts';
import { expectFullyOldOrNew } from './invariants.ts';
import { openLane, type Lane } from './lane.ts';
import { lookAt } from './namespace-view.ts';
import { deathCases, type Story } from './stories.ts';

/** Most of it is waiting: ten seconds until a dead worker is missed, and more on a busy machine. */
const caseMilliseconds = 170_000;

let bench: Bench;
const free: Record<UpdateMethod, Lane[]> = { helm: [], image: [] };
const open: Lane[] = [];

beforeAll(async () => {
  bench = await openBench();
}, 120_000);

afterAll(async () => {
  await Promise.all(open.map((lane) => lane.close()));
  await bench.stop();
}, 60_000);

test.concurrent.each(deathCases())(
  '$title',
  async ({ story, fault }) => {
    await onALane(story.method, async (lane) => {
      await lane.arm(fault);
      const before = await lookAt(bench, lane);
      bench.capacity.restart(lane.name);
      const version = lane.nextVersion(story.behaviour);
      const handle = await lane.release(version);

      expect(await Promise.race([lane.workerEnd(), overWithoutDeath(handle)])).toBe('SIGKILL');
      await lane.replaceWorker();

      expect(await expectFullyOldOrNew(bench, lane, { handle, version, before })).toBe(story.outcome);
      expect(await callsOf(lane)).toEqual(callsIn(story));
    });
  },
  caseMilliseconds + 60_000,
);

/** A lane that a failed case leaves behind is not used again. */
async function onALane(method: UpdateMethod, work: (lane: Lane) => Promise<void>): Promise<void> {
  const lane = free[method].pop() ?? (await openLane(bench, method));
  if (!open.includes(lane)) open.push(lane);
  try {
    await Promise.race([work(lane), tooLate()]);
  } catch (error) {
    const status = await lane.status().catch(String);
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}\n\n${lane.name}: ${JSON.stringify(status, null, 1)}\n\n${await lane.log()}`,
      { cause: error },
    );
  }
  free[method].push(lane);
}

/** Before jest's own limit, whose message could not say how far the release came. */
async function tooLate(): Promise<never> {
  await sleep(caseMilliseconds, undefined, { ref: false });
  throw new Error(`The release had not ended after ${caseMilliseconds / 1_000} s.`);
}

async function overWithoutDeath(handle: WorkflowHandle): Promise<string> {
  await handle.result().catch(() => undefined);
  return 'the release ended and its worker had not died';
}

/** Every activity that the release called, with how often, sorted. */
async function callsOf({ lock }: Lane): Promise<readonly string[]> {
  const { events = [] } = await bench.client.workflow.getHandle(lock).fetchHistory();
  const counts = new Map<string, number>();
  return (events ?? [])
    .flatMap((event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [])
    .map((name) => {
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return `${name}:${count}`;
    })
    .sort();
}

/** A call that the table does not know would be one that no worker was killed at. */
function callsIn({ killed, elsewhere }: Story): readonly string[] {
  return [...killed, ...elsewhere].sort();
}
