import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { PromotionPolicy, PromotionRecord } from '../../src/domain/promotion.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aTarget } from '../support/a-target.ts';
import { eventualStatus } from '../support/eventually.ts';
import { aWorld } from '../support/fake-world.ts';
import { openBench, servedBy, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench(fileURLToPath(new URL('../support/gate-workflow.ts', import.meta.url)));
});
afterAll(() => bench.close());

const hour = 3_600;
const cho = 'cho@example.com';
const wanted = { version: '4.1.0', image: 'example/shop:4.1.0' };
const override = { by: ' Cho@Example.com ', what: 'promotion', reason: 'customers wait' };
let gates = 0;

interface Scene {
  /** What staging's records say; tests change it. */
  record: (now: number) => PromotionRecord;
  looks: number;
  readonly handle: WorkflowHandle;
  status(): Promise<ReleaseStatus>;
}

/** `hoursAgo`: when staging verified the version; absent: it has not. */
async function atTheGate(
  policy: Partial<PromotionPolicy>,
  hoursAgo: number | undefined,
  work: (scene: Scene) => Promise<void>,
): Promise<void> {
  const promotion: PromotionPolicy = { from: 'staging', soakSeconds: 0, override: { people: [] }, ...policy };
  const startedAt = await bench.env.currentTimeMs();
  const verifiedAt = new Date(startedAt - (hoursAgo ?? 0) * hour * 1_000).toISOString();
  const seen = { release: 'shop-staging', ...wanted, verifiedAt };
  const scene = {
    record: () => ({ verified: hoursAgo === undefined ? [] : [seen], changes: [] }),
    looks: 0,
  } as unknown as Scene;
  const findVerified = async () => {
    scene.looks += 1;
    return scene.record(await bench.env.currentTimeMs());
  };
  await bench.runWith(
    (taskQueue) => {
      const world = aWorld(servedBy(taskQueue, aTarget({ environment: { promotion } })));
      return { ...world, activities: Object.assign(world.activities, { findVerified }) };
    },
    async (_world, taskQueue) => {
      const handle = await bench.env.client.workflow.start('gate', {
        taskQueue,
        workflowId: `gate-${(gates += 1)}`,
        args: [wanted],
      });
      const status = () => handle.query<ReleaseStatus>('status');
      await work(Object.assign(scene, { handle, status }));
    },
  );
}

async function ended({ handle }: Scene): Promise<ReleaseStatus> {
  try {
    return (await handle.result()) as ReleaseStatus;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) throw error;
    return error.cause.details?.[0] as ReleaseStatus;
  }
}

function untilWaiting(scene: Scene): Promise<ReleaseStatus> {
  return eventualStatus(
    () => scene.status(),
    ({ waitingFor }) => waitingFor !== undefined,
  );
}

describe('the promotion gate', () => {
  test('lets through at once what the other environment verified, and says which release did', async () => {
    await atTheGate({}, 3, async (scene) => {
      const { outcome, steps } = await ended(scene);
      expect(outcome).toBe('released');
      expect(steps[0]?.detail).toMatch(/^verified in staging on .* UTC \(shop-staging\)$/);
    });
  });

  test('refuses what was not verified there, with how to go on, and changes nothing', async () => {
    await atTheGate({}, undefined, async (scene) => {
      expect(await ended(scene)).toMatchObject({
        outcome: 'refused',
        reason:
          'Refused before any change. staging has not verified v4.1.0 (not-verified): ' +
          'release it to staging first, then start this one again.',
      });
    });
  });

  test('waits until the soak is over, looks again, and goes on', async () => {
    await atTheGate({ soakSeconds: 24 * hour }, 2, async (scene) => {
      const before = await bench.env.currentTimeMs();
      const { waitingFor, next } = await untilWaiting(scene);
      expect(waitingFor?.what).toBe('the soak of v4.1.0 in staging');
      expect(Date.parse(waitingFor?.until ?? '') - before).toBeGreaterThan(21.9 * hour * 1_000);
      expect(next).toBe('then it goes on');
      expect((await ended(scene)).outcome).toBe('released');
      expect((await bench.env.currentTimeMs()) - before).toBeGreaterThan(21.9 * hour * 1_000);
    });
  });

  test('does not let through what was rolled back from during the soak', async () => {
    await atTheGate({ soakSeconds: 24 * hour }, 2, async (scene) => {
      await untilWaiting(scene);
      const { verified } = scene.record(0);
      scene.record = (now) => ({
        verified,
        changes: [
          {
            release: 'back',
            what: 'rolledBack',
            from: wanted.image,
            version: '4.0.0',
            at: new Date(now).toISOString(),
          },
        ],
      });
      const { outcome, reason } = await ended(scene);
      expect(outcome).toBe('refused');
      expect(reason).toMatch(/staging was rolled back from v4\.1\.0 on .*\(back\).*\(rolled-back-there\)/);
    });
  });

  test('can be aborted while it waits', async () => {
    await atTheGate({ soakSeconds: 24 * hour }, 2, async (scene) => {
      await untilWaiting(scene);
      await scene.handle.executeUpdate('abort', { args: [{ by: 'ben' }] });
      expect(await ended(scene)).toMatchObject({ outcome: 'aborted' });
    });
  });
});

describe('an override', () => {
  test.each([
    ['of the soak', 2],
    ['of what was not verified', undefined],
  ])(
    '%s by somebody who may is recorded with its reason, and the release goes on',
    async (_what, hoursAgo) => {
      await atTheGate({ soakSeconds: 24 * hour, override: { people: [cho] } }, hoursAgo, async (scene) => {
        const { next } = await untilWaiting(scene);
        expect(next).toContain(`${cho} may let it go now: temporal workflow signal -w gate-`);
        await scene.handle.executeUpdate('override', { args: [override] });
        const { outcome, decisions, steps } = await ended(scene);
        expect(outcome).toBe('released');
        expect(decisions).toMatchObject([
          { what: 'override of promotion from staging', reason: 'customers wait' },
        ]);
        expect(steps).toMatchObject([{ detail: 'let through by Cho@Example.com: customers wait' }]);
        expect(scene.looks).toBe(1);
      });
    },
  );

  test.each([
    [{ ...override, by: 'ben@example.com' }, 'ben@example.com is not among those who may: cho@example.com'],
    [{ ...override, what: 'window' }, 'what holds the release up is a promotion: say "what": "promotion"'],
    [{ by: cho, what: 'promotion' }, '"reason" is missing'],
  ])('%j is answered with why not', async (message, why) => {
    await atTheGate({ soakSeconds: 24 * hour, override: { people: [cho] } }, 2, async (scene) => {
      await untilWaiting(scene);
      const update = scene.handle.executeUpdate('override', { args: [message] });
      await expect(update).rejects.toMatchObject({ cause: { message: expect.stringContaining(why) } });
      await scene.handle.terminate();
    });
  });

  test('that does not come within the hour leaves it refused', async () => {
    await atTheGate({ override: { people: [cho] } }, undefined, async (scene) => {
      expect((await untilWaiting(scene)).waitingFor?.what).toBe(
        'somebody who overrides: staging has not verified v4.1.0',
      );
      expect(await ended(scene)).toMatchObject({ outcome: 'refused' });
      expect(scene.looks).toBe(2);
    });
  });

  test('is not needed when the other environment verifies the image meanwhile', async () => {
    await atTheGate({ override: { people: [cho] } }, undefined, async (scene) => {
      await untilWaiting(scene);
      scene.record = (now) => ({
        verified: [{ release: 'late', ...wanted, verifiedAt: new Date(now).toISOString() }],
        changes: [],
      });
      expect((await ended(scene)).outcome).toBe('released');
    });
  });
});
