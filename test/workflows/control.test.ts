/** What people say in the middle is followed where they say it, and holds where it is said to hold. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PromotionRecord } from '../../src/domain/promotion.ts';
import { aTarget } from '../support/a-target.ts';
import { eventually } from '../support/eventually.ts';
import { untilCancelled, type ActivityName, type World } from '../support/fake-world.ts';
import { statusWhen } from '../support/messages.ts';
import { lastStatus, playScene, type Scene } from '../support/release-scene.ts';
import { openBench, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const ana = { by: 'ana@example.com' };
const announcement = { leadSeconds: 15 * 60 };

function canary(work: (scene: Scene) => Promise<void>): Promise<void> {
  return playScene({ bench, type: 'canaryDeployment', target: aTarget(), replicas: 10 }, work);
}

/** The first call waits until it is cancelled. */
function holdFirst(world: World, held: ActivityName): void {
  world.interfere = async (activity, call) => {
    if (activity === held && call === 1) await untilCancelled();
  };
}

function calls(world: World, activity: ActivityName): Promise<number> {
  return Promise.resolve(world.calls.filter((call) => call === activity).length);
}

const stepsWith = (bake: string) => [
  { weight: 50, bake },
  { weight: 100, bake: 0 },
];

describe('a bake', () => {
  test('that is paused at its very end is watched again, and not taken for a promotion', async () => {
    await canary(async ({ world, start }) => {
      holdFirst(world, 'bake');
      const handle = await start({ steps: stepsWith('1s') });
      await eventually(
        () => calls(world, 'bake'),
        (count) => count === 1,
      );
      await new Promise((over) => setTimeout(over, 1_500));
      await handle.signal('pause', ana);
      await statusWhen(handle, ({ next }) => next?.startsWith('paused') === true);
      await handle.signal('resume', ana);
      const { outcome, steps } = await lastStatus(handle);
      expect(outcome).toBe('released');
      expect(await calls(world, 'bake')).toBe(2);
      expect(steps.find(({ name }) => name === 'Watch at 50 %')?.detail).not.toMatch(/a person decided/);
    });
  });

  test('that is promoted while it is paused is over', async () => {
    await canary(async ({ world, start }) => {
      holdFirst(world, 'bake');
      const handle = await start({ steps: stepsWith('30m') });
      await eventually(
        () => calls(world, 'bake'),
        (count) => count === 1,
      );
      await handle.signal('pause', ana);
      await statusWhen(handle, ({ next }) => next?.startsWith('paused') === true);
      await handle.signal('promote', ana);
      expect((await lastStatus(handle)).outcome).toBe('released');
      expect(await calls(world, 'bake')).toBe(1);
    });
  });
});

describe('a pause before anything is changed', () => {
  test.each(['standardDeployment', 'release'])(
    'holds a %s that was announced, and it looks again afterwards',
    async (type) => {
      const target = aTarget({ environment: { announcement } });
      await playScene({ bench, type, target, replicas: 3 }, async ({ world, start }) => {
        const handle = await start();
        await statusWhen(handle, ({ phase }) => phase === 'Announce');
        await handle.signal('pause', { ...ana, reason: 'lunch' });
        await bench.env.sleep('1h');
        expect(world.calls).not.toContain('backUpTarget');
        const looks = await calls(world, 'preflight');
        await handle.signal('resume', ana);
        expect((await lastStatus(handle)).outcome).toBe('released');
        expect(await calls(world, 'preflight')).toBeGreaterThan(looks);
      });
    },
  );
});

test('what was rolled back in staging while people were asked does not reach production', async () => {
  const image = 'example/shop:4.1.0';
  let changes: PromotionRecord['changes'] = [];
  const target = aTarget({
    environment: {
      approval: { required: 1, people: [], expirySeconds: 86_400 },
      promotion: { from: 'staging', soakSeconds: 0, override: { people: [] } },
    },
  });
  const verifiedAt = new Date((await bench.env.currentTimeMs()) - 3_600_000).toISOString();
  const seen = { release: 'shop-staging', version: '4.1.0', image, verifiedAt };
  const findVerified = () => Promise.resolve({ verified: [seen], changes });
  const setting = { bench, type: 'release', target, replicas: 3, besides: { findVerified } };
  await playScene(setting, async ({ world, start }) => {
    const handle = await start({ requestedBy: 'ana@example.com' });
    await statusWhen(handle, ({ approval }) => approval !== undefined);
    await bench.env.sleep('5m');
    const at = new Date(await bench.env.currentTimeMs()).toISOString();
    changes = [{ release: 'back', what: 'rolledBack', from: image, version: '4.0.0', at }];
    await handle.signal('approve', { by: 'ada@example.com' });
    const status = await lastStatus(handle);
    expect(status).toMatchObject({ outcome: 'refused' });
    expect(world.calls).not.toContain('backUpTarget');
  });
});

test('half a character in a reason reaches nobody, and ends nothing but the release', async () => {
  const target = aTarget({ environment: { announcement } });
  await playScene({ bench, type: 'standardDeployment', target, replicas: 3 }, async ({ start }) => {
    const handle = await start();
    await statusWhen(handle, ({ phase }) => phase === 'Announce');
    await handle.signal('abort', { ...ana, reason: 'wrong \ud83d' });
    const { outcome, reason } = await lastStatus(handle);
    expect({ outcome, reason }).toEqual({
      outcome: 'aborted',
      reason: 'aborted by ana@example.com: wrong \ufffd. Nothing was changed.',
    });
  });
});
