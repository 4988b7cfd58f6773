import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, type WorkflowHandle } from '@temporalio/client';
import { failureTypes } from '../../src/domain/failures.ts';
import { aTarget } from '../support/a-target.ts';
import { untilCancelled, type ActivityName, type World } from '../support/fake-world.ts';
import { answerTo, statusWhen } from '../support/messages.ts';
import { lastStatus, playScene, type Scene } from '../support/release-scene.ts';
import { openBench, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const ana = { by: 'ana@example.com', reason: 'wrong version' };
const scene = (type: string, work: (scene: Scene) => Promise<void>) =>
  playScene({ bench, type, target: aTarget(), replicas: 10 }, work);
const holder = () => bench.env.client.workflow.getHandle('target:shop:dev');
const addressees: [string, (handle: WorkflowHandle) => WorkflowHandle][] = [
  ['the release that people started', (handle) => handle],
  ['the workflow that holds the target', holder],
];

describe('a message to a release that runs', () => {
  test.each(addressees)('is answered by what comes of it: %s', async (_whom, addressee) => {
    await scene('canaryDeployment', async ({ world, start }) => {
      const { reached } = holdFirst(world, 'createTrack');
      const handle = await start();
      await reached;
      const to = addressee(handle);
      expect(await answerTo(to, 'pause', ana)).toBe('paused; "resume" goes on');
      expect(await answerTo(to, 'pause', ana)).toBe('InvalidRequest: it is paused already');
      expect(await answerTo(to, 'approve', ana)).toBe('InvalidRequest: nobody is asked for approval now');
      expect(await answerTo(to, 'resume', { by: 'ben' })).toBe('goes on');
      expect(await answerTo(to, 'abort', ana)).toBe(
        'aborted by ana@example.com: wrong version; the target is being put back',
      );
      const status = await lastStatus(handle);
      expect(status).toMatchObject({ outcome: 'aborted', notes: [] });
      expect(status.decisions?.map(({ by, what }) => `${what} by ${by}`)).toEqual([
        'pause by ana@example.com',
        'resume by ben',
        'abort by ana@example.com',
      ]);
      expect(status.answers).toBeUndefined();
    });
  });

  test('is answered, each of several at one moment, by what the others have made of the release', async () => {
    await scene('canaryDeployment', async ({ world, start }) => {
      const { reached } = holdFirst(world, 'createTrack');
      const handle = await start();
      await reached;
      const answers = await Promise.all(
        ['pause', 'pause', 'resume', 'resume'].map((name) => answerTo(handle, name, ana)),
      );
      // Messages of one moment may overtake each other on the way to the server; which were followed must fit.
      expect(
        answers.every((answer) => /^(InvalidRequest: it is (not )?paused|goes on|paused;)/.test(answer)),
      ).toBe(true);
      const count = (text: string) => answers.filter((answer) => answer.startsWith(text)).length;
      const followed = count('paused;') - count('goes on');
      expect([0, 1]).toContain(followed);
      const { decisions = [] } = await statusWhen(handle, ({ decisions: made }) => made !== undefined);
      expect(decisions).toHaveLength(count('paused;') + count('goes on'));
      await handle.signal('abort', ana);
      expect(await lastStatus(handle)).toMatchObject({ outcome: 'aborted' });
    });
  });

  test.each(addressees)('comes too late while the target is being put back: %s', async (_whom, addressee) => {
    await scene('canaryDeployment', async ({ world, tracks, start }) => {
      tracks.badFrom = 1;
      const { reached, letGo } = holdFirst(world, 'deleteTrack');
      const handle = await start();
      const end = lastStatus(handle);
      await reached;
      const late = 'it came too late: the release is being put back, or is at its end already';
      const to = addressee(handle);
      expect(await answerTo(to, 'promote', ana)).toBe(`InvalidRequest: ${late}`);
      expect(await answerTo(to, 'abort', ana)).toBe(`InvalidRequest: ${late}`);
      await to.signal('pause', ana);
      const noted = await statusWhen(handle, ({ notes }) => notes.length > 0);
      expect(noted.notes).toEqual([`"pause" by ana@example.com was not followed: ${late}`]);
      letGo();
      expect(await end).toMatchObject({ outcome: 'rolledBack', notes: noted.notes });
    });
  });

  test('is heard from the first moment on: what comes with the start is followed', async () => {
    await scene('canaryDeployment', async ({ world }) => {
      const handle = await bench.env.client.workflow.signalWithStart('canaryDeployment', {
        taskQueue: world.target.environment.taskQueue,
        workflowId: 'target:shop:dev',
        args: [{ service: 'shop', environment: 'dev', version: '4.1.0' }],
        signal: 'abort',
        signalArgs: [ana],
      });
      expect(await lastStatus(handle)).toMatchObject({
        outcome: 'aborted',
        reason: 'aborted by ana@example.com: wrong version. Nothing was changed.',
      });
      expect(world.calls).toEqual([]);
    });
  });

  test('that cancels it does not hide what could not be put back', async () => {
    await scene('standardDeployment', async ({ world, start }) => {
      const { reached } = holdFirst(world, 'awaitRollout', () => {
        throw ApplicationFailure.nonRetryable('the API server is gone', failureTypes.invalidObject);
      });
      const handle = await start();
      await reached;
      await handle.cancel();
      expect(await lastStatus(handle)).toMatchObject({
        outcome: 'rollbackFailed',
        reason: expect.stringMatching(/^the workflow was cancelled.*the API server is gone/),
      });
      expect(world.image).toBe('example/shop:4.1.0');
    });
  });

  test('cannot hold what runs through: the end of a canary, and a standard deployment', async () => {
    for (const [type, activity] of [
      ['standardDeployment', 'setImage'],
      ['canaryDeployment', 'verifyTarget'],
    ] as const) {
      await scene(type, async ({ world, start }) => {
        const { reached, letGo } = holdFirst(world, activity);
        const handle = await start();
        const end = lastStatus(handle);
        await reached;
        expect(await answerTo(handle, 'pause', ana)).toBe(
          'InvalidRequest: from here it runs through and cannot be held; "abort" goes back',
        );
        letGo();
        expect(await end).toMatchObject({ outcome: 'released' });
      });
    }
  });

  test('that cannot be followed is noted, but not without end', async () => {
    await scene('canaryDeployment', async ({ world, start }) => {
      const { reached } = holdFirst(world, 'createTrack');
      await start();
      await reached;
      for (let nth = 0; nth < 40; nth += 1) await holder().signal('approve', { by: `person ${nth}` });
      const last = 'There were more messages that could not be followed.';
      const status = await statusWhen(holder(), ({ notes }) => notes.includes(last));
      expect(status.notes).toHaveLength(31);
    });
  });
});

/** The first call of an activity waits until it is let go, or cancelled. */
function holdFirst(
  world: World,
  held: ActivityName,
  onReturn: () => void = () => undefined,
): { reached: Promise<void>; letGo: () => void } {
  let letGo = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    world.interfere = async (activity, call) => {
      if (activity === 'restoreRevision') onReturn();
      if (activity !== held || call !== 1) return;
      resolve();
      await Promise.race([gone, untilCancelled()]);
    };
  });
  return { reached, letGo };
}
