import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { failureTypes } from '../../src/domain/failures.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aHistory } from '../support/a-history.ts';
import { aTarget, type TargetChange } from '../support/a-target.ts';
import { eventually } from '../support/eventually.ts';
import { aWorld, untilCancelled, type ActivityName, type World } from '../support/fake-world.ts';
import { openBench, servedBy, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const input = {
  service: 'shop',
  environment: 'dev',
  reason: 'error rate above 5 %',
  requestedBy: 'ana@example.com',
};
const runs = 'example/shop:4.1.0';
const before = 'example/shop:4.0.0';
let started = 0;

interface Scene {
  readonly world: World;
  start(type: string, input: unknown): Promise<WorkflowHandle>;
  rollBack(input?: unknown): Promise<Ended>;
}

type Ended = { readonly status: ReleaseStatus } | { readonly failure: ApplicationFailure };

async function scene<T>(change: TargetChange, work: (scene: Scene) => Promise<T>): Promise<T> {
  return bench.runWith(
    (taskQueue) => {
      const world = aWorld(servedBy(taskQueue, aTarget(change)));
      return Object.assign(world, { image: runs, history: aHistory() });
    },
    async (world, taskQueue) => {
      const start = (type: string, args: unknown) =>
        bench.env.client.workflow.start(type, {
          taskQueue,
          workflowId: `${type}-${(started += 1)}`,
          args: [args],
        });
      return work({
        world,
        start,
        rollBack: async (args = input) => ending(await start('rollback', args)),
      });
    },
  );
}

async function ending(handle: WorkflowHandle): Promise<Ended> {
  try {
    return { status: (await handle.result()) as ReleaseStatus };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) throw error;
    return { failure: error.cause };
  }
}

function statusOf(ended: Ended): ReleaseStatus {
  return 'status' in ended ? ended.status : (ended.failure.details?.[0] as ReleaseStatus);
}

describe('a rollback', () => {
  test('looks, says where it goes, backs up, returns, waits and verifies, in this order', async () => {
    await scene({}, async ({ world, rollBack }) => {
      const { outcome, reason, version, steps, from, to } = statusOf(await rollBack());
      expect({ outcome, version, from, to, image: world.image }).toEqual({
        outcome: 'rolledBack',
        version: '4.0.0',
        from: runs,
        to: before,
        image: before,
      });
      expect(reason).toBe(`${runs} → ${before}, verified: error rate above 5 %.`);
      expect(steps.map(({ name, state }) => `${name}: ${state}`)).toEqual([
        'Pre-flight: done',
        'Look: done',
        'Back up: done',
        'Return: done',
        'Monitor rollout: done',
        'Verify: done',
      ]);
      expect(steps[1]?.detail).toBe(`returns to revision 3 (${before}, made 2026-02-03 09:00 UTC)`);
      expect(world.calls.filter((call) => !/Message/.test(call))).toEqual([
        'resolveTarget',
        'preflight',
        'listRevisions',
        'backUpTarget',
        'restoreRevision',
        'awaitRollout',
        'verifyTarget',
      ]);
    });
  });

  test('says in Slack where it goes before it does, and the runbook’s line when it is there', async () => {
    await scene({}, async ({ world, rollBack }) => {
      await rollBack();
      const done = '[ROLLBACK] Shop (dev) rolled back to v4.0.0 due to error rate above 5 %';
      expect(world.messages[0]?.text).toBe(
        `[ROLLBACK] Shop (dev) is being rolled back from v4.1.0 to v4.0.0 due to error rate above 5 %: returning to revision 3 (${before}, made 2026-02-03 09:00 UTC)`,
      );
      expect(world.messages[0]?.updates).toEqual([done]);
      expect(world.messages.at(-1)).toMatchObject({ text: done, broadcast: true });
    });
  });

  test('goes through Helm where releases do', async () => {
    await scene({ service: { update: 'helm' } }, async ({ world, rollBack }) => {
      const { steps } = statusOf(await rollBack());
      expect(steps.find(({ name }) => name === 'Return')?.detail).toBe(
        'Helm revision 8 (rollback to 6); template of revision 3, now revision 3',
      );
      expect(world.image).toBe(before);
    });
  });

  test.each([
    [{ helm: 'previous' }, before, 'rollBackHelmRelease'],
    [{ helmRevision: 5 }, 'example/shop:3.9.0', 'rollBackHelmRelease'],
    [{ version: '3.9.0' }, 'example/shop:3.9.0', 'restoreRevision'],
    [{ backup: 'latest' }, before, 'restoreBackup'],
  ] as const)('to %j', async (to, image, activity) => {
    await scene({}, async ({ world, rollBack }) => {
      world.backupChanges = ['Deployment/shop-server: spec.replicas 5 → 3'];
      expect(statusOf(await rollBack({ ...input, to })).outcome).toBe('rolledBack');
      expect(world.image).toBe(image);
      expect(world.calls).toContain(activity);
    });
  });

  test.each([[{ version: '4.1.0' }], [{ backup: 'latest' }]])(
    'to %j changes nothing when that is there already',
    async (to) => {
      await scene({}, async ({ world, rollBack }) => {
        const { outcome, reason } = statusOf(await rollBack({ ...input, to }));
        expect(outcome).toBe('unchanged');
        expect(reason).toMatch(/^Nothing to do: Shop in dev .* already\.$/);
        expect(world.calls).not.toContain('backUpTarget');
        expect(world.messages).toEqual([]);
      });
    },
  );

  test('is not kept by what is wrong with the running version, or by approvals', async () => {
    await scene(
      { environment: { approval: { required: 2, people: [], expirySeconds: 60 } } },
      async ({ world, rollBack }) => {
        world.problems = [{ rule: 'rollout-in-progress', message: 'rolling', remedy: 'wait' }];
        expect(statusOf(await rollBack()).outcome).toBe('rolledBack');
      },
    );
  });

  test('is refused before any change, with what exists', async () => {
    await scene({}, async ({ world, rollBack }) => {
      const ended = await rollBack({ ...input, to: { revision: 9 } });
      expect(ended).toMatchObject({ failure: { type: failureTypes.refused } });
      expect('failure' in ended && ended.failure.message).toMatch(
        /holds no revision 9 of Deployment shop-server \(revision-gone\).*revision 3 \(example\/shop:4\.0\.0/,
      );
      expect(world.image).toBe(runs);
      expect(statusOf(ended).outcome).toBe('refused');
    });
  });
});

describe('a rollback that fails returns to where it started', () => {
  test.each([['previous'], [{ backup: 'latest' }]])('(to %j)', async (to) => {
    await scene({}, async ({ world, rollBack }) => {
      world.backupChanges = ['Deployment/shop-server: spec.template'];
      world.history = {
        ...world.history,
        backups: [
          ...world.history.backups,
          { ...world.history.backups[0], configMap: 'fairway-backup-shop-start', image: runs } as never,
        ],
      };
      world.ownBackup = 'fairway-backup-shop-start';
      world.sickImages.add(before);
      const ended = await rollBack({ ...input, to });
      expect(ended).toMatchObject({ failure: { type: failureTypes.failed } });
      expect('failure' in ended && ended.failure.message).toMatch(
        /^verification of 4\.0\.0: .*Shop in dev is back on 4\.1\.0\.$/,
      );
      expect(world.image).toBe(runs);
      expect(statusOf(ended)).toMatchObject({ outcome: 'failed', verifiedVersion: '4.1.0' });
      expect(world.messages.at(-1)?.text).toMatch(
        /^\[ROLLBACK\] Shop \(dev\) was not rolled back and runs v4\.1\.0 as before: /,
      );
    });
  });

  const changing: readonly ActivityName[] = [
    'preflight',
    'listRevisions',
    'backUpTarget',
    'restoreRevision',
    'awaitRollout',
    'verifyTarget',
  ];

  test.each(changing)('when it is aborted during %s', async (activity) => {
    await scene({}, async ({ world, start }) => {
      hold(world, activity);
      const handle = await start('rollback', input);
      await reached(world, activity);
      await handle.signal('abort', { by: 'ben' });
      const ended = await ending(handle);
      expect(ended).toMatchObject({ failure: { type: failureTypes.aborted } });
      expect(world.image).toBe(runs);
    });
  });

  test.each(changing)('when %s fails for good', async (activity) => {
    await scene({}, async ({ world, rollBack }) => {
      world.interfere = (name, call) => {
        if (name === activity && call === 1)
          throw ApplicationFailure.nonRetryable('broken', failureTypes.invalidObject);
      };
      expect(statusOf(await rollBack()).reason).toContain('broken');
      expect(world.image).toBe(runs);
    });
  });
});

describe('while a release holds the target, a rollback', () => {
  const release = { service: 'shop', environment: 'dev', version: '4.2.0' };

  test('makes it abort, waits until it has put the target back, and has nothing more to do', async () => {
    await scene({}, async ({ world, start, rollBack }) => {
      hold(world, 'awaitRollout');
      const first = await start('standardDeployment', release);
      await reached(world, 'awaitRollout');
      const status = statusOf(await rollBack());
      expect(statusOf(await ending(first))).toMatchObject({
        outcome: 'aborted',
        reason: expect.stringContaining(
          'aborted by ana@example.com: rollback to previous revision: error rate above 5 %',
        ),
      });
      expect(status).toMatchObject({
        outcome: 'unchanged',
        reason: expect.stringContaining(
          `release "${first.workflowId}" was stopped and Shop in dev runs ${runs}`,
        ),
      });
      expect(world.image).toBe(runs);
    });
  });

  test('goes on when what runs then is not yet what was asked', async () => {
    await scene({}, async ({ world, start, rollBack }) => {
      hold(world, 'awaitRollout');
      await start('standardDeployment', release);
      await reached(world, 'awaitRollout');
      const status = statusOf(await rollBack({ ...input, to: { version: '4.0.0' } }));
      expect(status).toMatchObject({ outcome: 'rolledBack', from: runs, to: before });
      expect(status.notes.join()).toMatch(/held the target and was asked to abort; it ended: aborted/);
    });
  });

  test('can be aborted itself, while it waits', async () => {
    await scene({}, async ({ world, start }) => {
      let letGo = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      // The release does not end: its activity is not told of the cancellation for a while.
      world.interfere = (activity, call) => (activity === 'awaitRollout' && call === 1 ? held : undefined);
      const first = await start('standardDeployment', release);
      await reached(world, 'awaitRollout');
      const handle = await start('rollback', input);
      await eventually(
        () => handle.query<ReleaseStatus>('status'),
        ({ phase }) => phase === 'Stop the release',
      );
      await handle.signal('abort', { by: 'ben', reason: 'wrong one' });
      const ended = await ending(handle);
      letGo();
      await ending(first);
      expect(ended).toMatchObject({ failure: { type: failureTypes.aborted } });
      expect(statusOf(ended).reason).toMatch(
        /^aborted by ben: wrong one\. It waited for the target and changed nothing; release "standardDeployment-\d+" was asked to abort before\.$/,
      );
    });
  });

  test('does not fight another rollback', async () => {
    await scene({}, async ({ world, start, rollBack }) => {
      hold(world, 'awaitRollout');
      const first = await start('rollback', input);
      await reached(world, 'awaitRollout');
      const second = await rollBack({ ...input, to: { version: '3.9.0' } });
      expect(second).toMatchObject({ failure: { type: failureTypes.targetLocked } });
      await first.signal('abort', { by: 'ben' });
      await ending(first);
    });
  });
});

/** The first call of an activity waits until it is cancelled. */
function hold(world: World, held: ActivityName): void {
  world.interfere = async (activity, call) => {
    if (activity === held && call === 1) await untilCancelled();
  };
}

/** Resolves when an activity has been called. Real time: the fake world has no clock. */
async function reached(world: World, activity: ActivityName): Promise<void> {
  await eventually(
    () => Promise.resolve(world.calls),
    (calls) => calls.includes(activity),
  );
}
