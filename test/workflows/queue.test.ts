/** The queue of a target, on the server that people use: it needs lists of workflows. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { QueueRank } from '../../src/domain/queue.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { searchAttributeNames } from '../../src/domain/search-attributes.ts';
import { aHistory } from '../support/a-history.ts';
import { aTarget } from '../support/a-target.ts';
import { aWorld, type World } from '../support/fake-world.ts';
import { statusWhen } from '../support/messages.ts';
import { openServerBench, servedBy, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openServerBench();
});
afterAll(() => bench.close());

interface Scene {
  readonly world: World;
  /** Starts a release (another type when named) and answers its handle. */
  start(version: string, input?: object, type?: string): Promise<WorkflowHandle>;
  /** Lets this many rollouts go to their end: all others are held. */
  permit(rollouts: number): void;
}

/** Each test has an environment, and so a queue, of its own. */
async function scene(
  environment: string,
  whenHeld: 'reject' | 'wait',
  work: (scene: Scene) => Promise<void>,
) {
  let permits = 0;
  let wake: (() => void)[] = [];
  const permit = (rollouts: number): void => {
    permits += rollouts;
    for (const each of wake.splice(0)) each();
  };
  await bench.runWith(
    (taskQueue) => {
      const world = aWorld(servedBy(taskQueue, aTarget({ environment: { name: environment, whenHeld } })));
      world.history = aHistory();
      world.interfere = async (activity) => {
        if (activity !== 'awaitRollout') return;
        while (permits === 0) {
          const permitted = new Promise<void>((resolve) => (wake = [...wake, resolve]));
          await Promise.race([permitted, Context.current().cancelled]);
        }
        permits -= 1;
      };
      return world;
    },
    async (world, taskQueue) => {
      const start = (version: string, input: object = {}, type = 'standardDeployment') =>
        bench.env.client.workflow.start(type, {
          taskQueue,
          workflowId: `${environment}-${version}`,
          args: [{ service: 'shop', environment, ...(type === 'rollback' ? {} : { version }), ...input }],
        });
      try {
        await work({ world, start, permit });
      } finally {
        permit(1_000);
      }
    },
  );
}

async function ending(handle: WorkflowHandle): Promise<ReleaseStatus> {
  try {
    return (await handle.result()) as ReleaseStatus;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    if (!(error.cause instanceof ApplicationFailure)) return handle.query<ReleaseStatus>('status');
    return error.cause.details?.[0] as ReleaseStatus;
  }
}

const holds = ({ phase }: ReleaseStatus) => phase === 'Monitor rollout';
const waits = ({ queue }: ReleaseStatus) => queue !== undefined;
const atPlace = (place: number) => (status: ReleaseStatus) => status.queue?.place === place;

/** The lists of the server are a moment behind, and the order is theirs. */
async function listed(environment: string, count: number, rank: QueueRank = 'wait'): Promise<void> {
  const query = `${searchAttributeNames.waitsFor} = '${rank} target:shop:${environment}'`;
  while ((await bench.env.client.workflow.count(query)).count !== count)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('releases that wait', () => {
  test.concurrent('go in the order in which they came, and show their place', async () => {
    await scene('burst', 'wait', async ({ start, permit }) => {
      const holder = await start('5.0.0');
      await statusWhen(holder, holds);
      const waiters: WorkflowHandle[] = [];
      for (const patch of [1, 2, 3, 4, 5]) waiters.push(await start(`5.0.${patch}`));
      await Promise.all(waiters.map((each) => statusWhen(each, waits)));
      await listed('burst', 5);
      const { queue, next } = await (waiters[0] as WorkflowHandle).query<ReleaseStatus>('status');
      expect(queue).toMatchObject({ behind: 'burst-5.0.0', since: expect.stringMatching(/^\d{4}-/) });
      expect(next).toMatch(
        /^place \d in the queue; release "burst-5\.0\.0" \(shop v5\.0\.0 → burst, standard\) holds the target since /,
      );
      permit(1);
      // The first has the target now; the others have moved up.
      await statusWhen(waiters[0] as WorkflowHandle, holds);
      await Promise.all(waiters.slice(1).map((each, i) => statusWhen(each, atPlace(i + 1))));
      permit(5);
      const ended = await Promise.all(waiters.map(ending));
      expect(ended.map(({ outcome }) => outcome)).toEqual(Array(5).fill('released'));
      // Each found what the one before it had brought.
      expect(ended.map(({ from }) => from)).toEqual(
        [0, 1, 2, 3, 4].map((patch) => `example/shop:5.0.${patch}`),
      );
    });
  });

  test.concurrent('leave the queue when they are aborted, cancelled or terminated', async () => {
    await scene('leavers', 'reject', async ({ start, permit }) => {
      const holder = await start('5.0.0');
      await statusWhen(holder, holds);
      const wait = { whenHeld: 'wait' };
      const aborted = await start('5.0.1', wait);
      const cancelled = await start('5.0.2', wait);
      const terminated = await start('5.0.3', wait);
      const stays = await start('5.0.4', wait);
      await Promise.all([aborted, cancelled, terminated, stays].map((each) => statusWhen(each, waits)));

      const promote = aborted.executeUpdate('promote', { args: [{ by: 'ben' }] });
      await expect(promote).rejects.toMatchObject({
        cause: { message: expect.stringContaining('nothing waits for it now') },
      });
      expect(await aborted.executeUpdate('abort', { args: [{ by: 'ben', reason: 'wrong one' }] })).toBe(
        'aborted by ben: wrong one; it leaves the queue',
      );
      expect(await ending(aborted)).toMatchObject({
        outcome: 'aborted',
        reason: 'aborted by ben: wrong one. It waited for the target and changed nothing.',
      });
      await cancelled.cancel();
      expect(await ending(cancelled)).toMatchObject({ outcome: 'aborted' });
      expect((await cancelled.describe()).status.name).toBe('CANCELLED');
      await terminated.terminate();
      permit(2);
      expect(await ending(stays)).toMatchObject({ outcome: 'released', from: 'example/shop:5.0.0' });
    });
  });

  test.concurrent(
    'are none where the environment says so: a release is refused with how to wait',
    async () => {
      await scene('refusing', 'reject', async ({ start }) => {
        await statusWhen(await start('5.0.0'), holds);
        const { outcome, reason } = await ending(await start('5.0.1'));
        expect(outcome).toBe('refused');
        expect(reason).toContain('held by release "refusing-5.0.0"');
        expect(reason).toContain('with "whenHeld": "wait" it waits by itself');
      });
    },
  );
});

describe('a release that supersedes', () => {
  test.concurrent('makes the holder put the target back and goes next; a newer one wins', async () => {
    await scene('newest', 'wait', async ({ world, start, permit }) => {
      const holder = await start('5.0.0');
      await statusWhen(holder, holds);
      // The holder takes its time with putting things back.
      let goOn = (): void => undefined;
      const back = new Promise<void>((resolve) => (goOn = resolve));
      const before = world.interfere;
      world.interfere = async (activity, call) => {
        if (activity === 'restoreRevision') await back;
        return before(activity, call);
      };
      const waiter = await start('5.0.1');
      await statusWhen(waiter, waits);
      const supersede = { whenHeld: 'supersede', requestedBy: 'ana@example.com' };
      const older = await start('5.0.2', supersede);
      await statusWhen(older, ({ phase }) => phase === 'Stop the release');
      const newer = await start('5.0.3', supersede);
      await statusWhen(newer, ({ phase }) => phase === 'Stop the release');
      await listed('newest', 2, 'supersede');
      goOn();
      permit(100);
      const ended = await Promise.all([holder, older, newer, waiter].map(ending));
      expect(ended.map(({ outcome }) => outcome)).toEqual(['aborted', 'aborted', 'released', 'released']);
      expect(ended[0]?.reason).toContain(
        'aborted by ana@example.com: superseded by release "newest-5.0.2" of v5.0.2',
      );
      expect(ended[1]?.reason).toContain('superseded by release "newest-5.0.3"');
      expect(ended[2]?.from).toBe('example/shop:4.0.0');
      expect(ended[3]?.from).toBe('example/shop:5.0.3');
    });
  });

  test.concurrent('lets a rollback come to its end, and a rollback goes before all that wait', async () => {
    await scene('rescue', 'wait', async ({ world, start, permit }) => {
      world.image = 'example/shop:4.1.0';
      const holder = await start('5.0.0');
      await statusWhen(holder, holds);
      const waiter = await start('5.0.1');
      await statusWhen(waiter, waits);
      const back = await start('back', { to: { version: '4.0.0' }, reason: 'slow' }, 'rollback');
      // One for the release that puts the target back; the rollback itself is held then.
      while (!world.calls.includes('restoreRevision')) await new Promise((next) => setTimeout(next, 50));
      await listed('rescue', 1, 'rollback');
      permit(1);
      await statusWhen(back, holds);
      const supersedes = await start('5.0.2', { whenHeld: 'supersede' });
      expect((await statusWhen(supersedes, waits)).queue?.behind).toBe('rescue-back');
      await listed('rescue', 1, 'supersede');
      permit(100);
      const ended = await Promise.all([holder, back, supersedes, waiter].map(ending));
      expect(ended.map(({ outcome }) => outcome)).toEqual(['aborted', 'rolledBack', 'released', 'released']);
      expect(ended[2]?.from).toBe('example/shop:4.0.0');
      expect(ended[3]?.from).toBe('example/shop:5.0.2');
    });
  });
});
