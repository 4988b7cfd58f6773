import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aTarget, type TargetChange } from '../support/a-target.ts';
import { statusWhen } from '../support/messages.ts';
import { lastStatus, playScene, type Scene } from '../support/release-scene.ts';
import { openBench, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const requestedBy = 'ana@example.com';
const ada = { by: 'ada@example.com' };
const grace = { by: 'Grace Hopper <GRACE@example.com>' };
const approval = { required: 2, people: ['ada@example.com', 'grace@example.com'], expirySeconds: 86_400 };
const announcement = { leadSeconds: 900 };

const scene = (
  environment: NonNullable<TargetChange['environment']>,
  work: (scene: Scene) => Promise<void>,
) => playScene({ bench, type: 'release', target: aTarget({ environment }), replicas: 10 }, work);

const statusOf = (handle: WorkflowHandle) => handle.query<ReleaseStatus>('status');

describe('a release', () => {
  test.each([
    ['standard', 'Update'],
    ['canary', 'Canary 10 %'],
    ['blueGreen', 'Switch traffic'],
  ] as const)('goes by the strategy of its environment: %s', async (strategy, step) => {
    await scene({ strategy }, async ({ world, release }) => {
      const status = await release();
      expect(status).toMatchObject({ outcome: 'released', strategy });
      expect(status.steps.map(({ name }) => name)).toContain(step);
      expect(status.planDigest).toMatch(/^[0-9a-f]{64}$/);
      expect(world.image).toBe('example/shop:4.1.0');
    });
  });

  test('takes the strategy and the overrides of its input', async () => {
    await scene({ strategy: 'standard' }, async ({ release }) => {
      const status = await release({
        strategy: 'canary',
        steps: [
          { weight: 50, bake: '1m' },
          { weight: 100, bake: '0s' },
        ],
      });
      expect(status).toMatchObject({ outcome: 'released', strategy: 'canary' });
      expect(status.steps.map(({ name }) => name)).toContain('Watch at 50 %');
    });
  });

  test('overrides that say nothing for the strategy of the environment are refused', async () => {
    await scene({ strategy: 'standard' }, async ({ world, release }) => {
      const status = await release({ monitor: '5m' });
      expect(status).toMatchObject({ outcome: 'refused' });
      expect(status.reason).toMatch(
        /the strategy here is "standard", which knows no "monitor" \(wrong-strategy\)/,
      );
      expect(world.calls).toEqual(['resolveTarget']);
    });
  });

  test('asked for its plan only, changes and asks nothing', async () => {
    await scene({ approval, announcement, strategy: 'canary' }, async ({ world, release }) => {
      const status = await release({ requestedBy, dryRun: true });
      expect(status).toMatchObject({
        outcome: 'planned',
        plan: expect.stringContaining('Canary deployment'),
      });
      expect(world.messages).toEqual([]);
    });
  });

  test('is announced, approved by two people, and begins when the lead is over', async () => {
    await scene({ approval, announcement }, async ({ world, start }) => {
      const handle = await start({ requestedBy });
      await statusWhen(handle, (status) => status.approval !== undefined);
      const asked = await statusOf(handle);
      expect(asked.approval).toMatchObject({ digest: asked.planDigest, requestedBy });
      await handle.signal('approve', ada);
      await handle.signal('approve', grace);
      const status = await lastStatus(handle);
      expect(status).toMatchObject({ outcome: 'released' });
      expect(status.decisions?.map(({ by, what }) => `${by} ${what}`)).toEqual([
        expect.stringContaining('ada@example.com approve'),
        expect.stringMatching(/grace@example.com>? approve/i),
      ]);
      expect(world.messages[0]?.text).toBe('[DEPLOYMENT] Shop v4.1.0 deployment starting in 15 minutes');
      const announced = status.steps.find(({ name }) => name === 'Announce');
      const backedUp = status.steps.find(({ name }) => name === 'Back up');
      const between = Date.parse(backedUp?.startedAt ?? '') - Date.parse(announced?.startedAt ?? '');
      expect(between).toBeGreaterThanOrEqual(announcement.leadSeconds * 1_000);
    });
  });

  test('changes nothing while people are missing, and says so when the time for it is over', async () => {
    await scene({ approval }, async ({ world, start }) => {
      const handle = await start({ requestedBy });
      await statusWhen(handle, (status) => status.approval !== undefined);
      await handle.signal('approve', ada);
      const status = await lastStatus(handle);
      expect(status).toMatchObject({ outcome: 'refused' });
      expect(status.reason).toMatch(/1 of 2.*Nothing was changed/s);
      expect(world.calls).not.toContain('backUpTarget');
    });
  });

  test('a no ends it', async () => {
    await scene({ approval }, async ({ world, start }) => {
      const handle = await start({ requestedBy });
      await statusWhen(handle, (status) => status.approval !== undefined);
      await handle.signal('reject', { ...ada, reason: 'not today' });
      const status = await lastStatus(handle);
      expect(status).toMatchObject({ outcome: 'refused' });
      expect(status.reason).toMatch(/rejected by ada@example.com: not today/);
      expect(world.calls).not.toContain('backUpTarget');
    });
  });

  test('is asked for again when the target became another one meanwhile', async () => {
    await scene({ approval, announcement }, async ({ world, tracks, start }) => {
      const handle = await start({ requestedBy });
      await statusWhen(handle, (status) => status.approval !== undefined);
      const { planDigest: before } = await statusOf(handle);
      await handle.signal('approve', ada);
      world.image = 'example/shop:4.0.1';
      await handle.signal('approve', grace);
      await bench.env.sleep('16m');
      await statusWhen(handle, (status) => status.notes.some((note) => note.includes('is void')));
      const again = await statusWhen(handle, (status) => status.approval?.digest !== before);
      expect(again.approval?.approvals).toEqual([]);
      await handle.signal('approve', { ...ada, plan: before });
      await handle.signal('approve', ada);
      await handle.signal('approve', grace);
      const status = await lastStatus(handle);
      expect(status).toMatchObject({ outcome: 'released', from: 'example/shop:4.0.1' });
      expect(status.notes.join('\n')).toMatch(
        /"approve" by ada@example.com was not followed: .*another plan|plan/,
      );
      expect(tracks.stable).toBe(10);
    });
  });

  test('by nobody in particular is refused where others have to approve', async () => {
    await scene({ approval }, async ({ release }) => {
      const status = await release();
      expect(status).toMatchObject({ outcome: 'refused' });
      expect(status.reason).toMatch(/requester-missing.*"requestedBy"/);
    });
  });

  test('aborted while people are asked leaves everything as it was', async () => {
    await scene({ approval }, async ({ world, start }) => {
      const handle = await start({ requestedBy });
      await statusWhen(handle, (status) => status.approval !== undefined);
      await handle.signal('abort', { by: 'ana@example.com', reason: 'wrong version' });
      const status = await lastStatus(handle);
      expect(status).toMatchObject({ outcome: 'aborted' });
      expect(status.reason).toMatch(/aborted by ana@example.com: wrong version. Nothing was changed/);
      expect(world.calls).not.toContain('backUpTarget');
    });
  });
});
