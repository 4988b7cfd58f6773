/** What people may say of a plan, once on the server that people use; every case is under time skipping, too. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aTarget, type TargetChange } from '../support/a-target.ts';
import { answerTo, statusWhen } from '../support/messages.ts';
import { lastStatus, playScene, type Scene } from '../support/release-scene.ts';
import { openServerBench, type Bench } from '../support/workflow-bench.ts';

/** Real seconds until a plan is looked at again, in place of a minute. */
const recheckAfterSeconds = 6;

let bench: Bench;
beforeAll(async () => {
  bench = await openServerBench({}, { recheckAfterSeconds });
});
afterAll(() => bench.close());

const requestedBy = 'rita@example.com';
const ada = { by: 'ada@example.com' };
const ben = { by: 'Ben <BEN@example.com>' };
const approval = { required: 2, people: ['ada@example.com', 'ben@example.com'], expirySeconds: 200 };

/** Each in an environment of its own, so that they do not wait for each other. */
const scene = (name: string, change: TargetChange['environment'], work: (scene: Scene) => Promise<void>) =>
  playScene(
    { bench, type: 'release', target: aTarget({ environment: { name, approval, ...change } }), replicas: 10 },
    work,
  );

const approversOf = ({ approval: round }: ReleaseStatus) => round?.approvals.map(({ by }) => by);
const asked = (handle: WorkflowHandle) => statusWhen(handle, ({ approval: round }) => round !== undefined);

test.concurrent(
  'two people let it go; the requester, an outsider, the same one twice and one who revokes do not',
  () =>
    scene('counts', {}, async ({ start }) => {
      const handle = await start({ environment: 'counts', requestedBy });
      await asked(handle);
      expect(await answerTo(handle, 'approve', { by: requestedBy })).toMatch(
        /^InvalidRequest: .*asked for this/,
      );
      expect(await answerTo(handle, 'approve', { by: 'mallory' })).toMatch(/^InvalidRequest: .*not mallory$/);
      expect(await answerTo(handle, 'approve', ada)).toContain('1 of 2');
      expect(await answerTo(handle, 'approve', { by: 'ADA@example.com' })).toMatch(/counts once/);
      expect(await answerTo(handle, 'revoke', ada)).toContain('0 of 2');
      await handle.signal('approve', ada);
      await handle.signal('approve', ben);
      const status = await lastStatus(handle);
      expect(status).toMatchObject({ outcome: 'released' });
      expect(approversOf(status)).toEqual(['ada@example.com', 'ben@example.com']);
      await expect(handle.signal('approve', ada)).rejects.toThrow(/completed|not found/i);
      await expect(handle.executeUpdate('approve', { args: [ada] })).rejects.toThrow(/completed|not found/i);
    }),
);

test.concurrent('too few in time end it, with nothing changed', () =>
  scene('expires', { approval: { ...approval, expirySeconds: 5 } }, async ({ world, start }) => {
    const status = await lastStatus(await start({ environment: 'expires', requestedBy }));
    expect(status).toMatchObject({ outcome: 'refused' });
    expect(status.reason).toMatch(/not approved in time: 0 of 2/);
    expect(world.calls).not.toContain('backUpTarget');
  }),
);

test.concurrent('what comes with the start is noted, not counted', () =>
  scene('early', { approval: { ...approval, expirySeconds: 10 } }, async ({ world }) => {
    let goOn = (): void => undefined;
    const heard = new Promise<void>((resolve) => (goOn = resolve));
    // It is passed on to the workflow that asks, which must not be quicker.
    world.interfere = (activity) => (activity === 'preflight' ? heard : undefined);
    const handle = await bench.env.client.workflow.signalWithStart('release', {
      taskQueue: world.target.environment.taskQueue,
      workflowId: 'shop-early',
      args: [{ service: 'shop', environment: 'early', version: '4.1.0', requestedBy }],
      signal: 'approve',
      signalArgs: [ada],
    });
    await statusWhen(handle, ({ notes }) => notes.length > 0);
    goOn();
    const status = await asked(handle);
    expect(status.notes.join()).toContain('"approve" by ada@example.com was not followed');
    expect(approversOf(status)).toEqual([]);
    expect(await lastStatus(handle)).toMatchObject({ outcome: 'refused' });
  }),
);

test.concurrent('an approval of a plan that changed meanwhile is void, and counts for that plan only', () =>
  scene('changes', { announcement: { leadSeconds: recheckAfterSeconds + 1 } }, async ({ world, start }) => {
    const handle = await start({ environment: 'changes', requestedBy });
    const { planDigest: before } = await asked(handle);
    await handle.signal('approve', ada);
    world.image = 'example/shop:4.0.1';
    await handle.signal('approve', ben);
    const again = await statusWhen(handle, ({ approval: round }) => round?.digest !== before);
    expect(approversOf(again)).toEqual([]);
    expect(again.notes.join()).toContain('is void');
    expect(await answerTo(handle, 'approve', { ...ada, plan: before })).toMatch(
      /^InvalidRequest: it names the plan/,
    );
    await answerTo(handle, 'approve', ada);
    await answerTo(handle, 'approve', ben);
    expect(await lastStatus(handle)).toMatchObject({ outcome: 'released', from: 'example/shop:4.0.1' });
  }),
);
