import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import type { AnalysisReport } from '../../src/domain/analysis.ts';
import type { PromotionRecord } from '../../src/domain/promotion.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import type { WindowState } from '../../src/domain/window.ts';
import { aTarget } from '../support/a-target.ts';
import { statusWhen } from '../support/messages.ts';
import { lastStatus, playScene } from '../support/release-scene.ts';
import { openServerBench, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openServerBench();
});
afterAll(() => bench.close());

/** Real seconds, on the server that people use in development: long enough for another worker to come. */
const leadSeconds = 10;
const soakSeconds = 35;
const frozenSeconds = 35;
const nobody = { people: [] };

test.concurrent(
  'another worker goes on from every wait: nothing is said twice, and timers keep their end',
  async () => {
    // Soak and freeze are long enough from when the release comes to them, however long that takes.
    let verifiedAt: string | undefined;
    let opensAt: string | undefined;
    const image = 'example/shop:4.1.0';
    const besides = {
      findVerified: (): Promise<PromotionRecord> => {
        verifiedAt ??= new Date().toISOString();
        return Promise.resolve({
          verified: [{ release: 'shop-staging', version: '4.1.0', image, verifiedAt }],
          changes: [],
        });
      },
      lookAtWindows: (): Promise<WindowState> => {
        opensAt ??= new Date(Date.now() + frozenSeconds * 1_000).toISOString();
        return Promise.resolve(
          Date.now() >= Date.parse(opensAt)
            ? { open: true }
            : { open: false, because: 'freeze "stocktaking"', opensAt },
        );
      },
    };
    const target = aTarget({
      environment: {
        strategy: 'canary',
        announcement: { leadSeconds },
        approval: { required: 2, people: [], expirySeconds: 86_400 },
        promotion: { from: 'staging', soakSeconds, override: nobody },
        windows: { outside: 'wait', override: nobody },
        checklist: [
          {
            name: 'rollbackPlan',
            title: 'Rollback plan documented',
            need: 'required',
            proof: { by: 'person' },
          },
        ],
      },
    });
    await playScene({ bench, type: 'release', target, replicas: 10, besides }, async (scene) => {
      const { world, replaceWorker } = scene;
      const steps = [
        { weight: 50, bake: '1s', gate: true },
        { weight: 100, bake: '0s' },
      ];
      const handle = await scene.start({ requestedBy: 'ana@example.com', steps });

      /** The end of the wait is the same for a worker that was not there when it began. */
      const keepsItsEnd = async (phase: string): Promise<void> => {
        const before = await statusWhen(
          handle,
          (status) => status.phase.startsWith(phase) && status.waitingFor !== undefined,
        );
        await replaceWorker();
        expect((await handle.query<ReleaseStatus>('status')).waitingFor).toEqual(before.waitingFor);
        waits.push(before.waitingFor?.until ?? '');
      };
      const waits: string[] = [];

      await keepsItsEnd('Promotion');
      await keepsItsEnd('Checklist');
      await handle.signal('attest', { by: 'ana@example.com', item: 'rollbackPlan' });
      await keepsItsEnd('Window');
      expect(waits).toContain(opensAt);
      expect(waits[0]).toBe(new Date(Date.parse(verifiedAt ?? '') + soakSeconds * 1_000).toISOString());

      await statusWhen(handle, ({ approval }) => approval !== undefined);
      await handle.signal('approve', { by: 'ada@example.com' });
      await replaceWorker();
      await handle.signal('approve', { by: 'grace@example.com' });
      // Or further: the gate asks anew.
      await statusWhen(
        handle,
        ({ approval, phase }) => approval?.approvals.length === 2 || phase.startsWith('Gate'),
      );
      await replaceWorker();

      await statusWhen(handle, ({ phase }) => phase.startsWith('Gate'));
      await replaceWorker();
      await handle.signal('approve', { by: 'ada@example.com' });
      await handle.signal('approve', { by: 'grace@example.com' });

      const status = await lastStatus(handle);
      expect(status).toMatchObject({ outcome: 'released' });
      const said = world.messages.map(({ text }) => text);
      expect(new Set(said).size).toBe(said.length);
      const announced = world.messages.filter(({ text }) =>
        text.includes(`deployment starting in ${leadSeconds} seconds`),
      );
      expect(announced).toHaveLength(1);
      expect(announced[0]?.updates.filter((text) => text.includes('deployed'))).toHaveLength(1);
    });
  },
  600_000,
);

const bakeSeconds = 45;

test.concurrent(
  'another worker goes on from a bake, and from a place in the queue behind it: neither begins anew',
  async () => {
    /** Of each attempt. */
    const ends: number[] = [];
    const besides = {
      // As the real one: it ends when the first attempt would have ended.
      bake: async ({ seconds }: { readonly seconds: number }): Promise<AnalysisReport> => {
        const context = Context.current();
        const end = context.info.scheduledTimestampMs + seconds * 1_000;
        ends.push(end);
        while (Date.now() < end) {
          context.heartbeat();
          await Promise.race([new Promise((resolve) => setTimeout(resolve, 200)), context.cancelled]);
        }
        return { verdict: 'pass', summary: 'well', metrics: [], evidence: [], stopNow: false };
      },
    };
    const target = aTarget({
      environment: { name: 'bakes', strategy: 'canary', whenHeld: 'wait', announcement: { leadSeconds: 0 } },
    });
    await playScene({ bench, type: 'release', target, replicas: 10, besides }, async (scene) => {
      const { world, replaceWorker } = scene;
      const steps = [
        { weight: 50, bake: `${bakeSeconds}s` },
        { weight: 100, bake: '0s' },
      ];
      const first = await scene.start({ steps });
      await statusWhen(first, ({ phase }) => phase.startsWith('Watch'));
      const second = await scene.start({ version: '4.2.0', strategy: 'standard' });
      const waiting = await statusWhen(second, ({ queue }) => queue !== undefined);
      expect(waiting.queue).toMatchObject({ place: 1 });

      await replaceWorker();
      expect((await second.query<ReleaseStatus>('status')).queue).toEqual(waiting.queue);
      expect((await first.query<ReleaseStatus>('status')).phase).toMatch(/^Watch/);
      await replaceWorker();

      const baked = (await lastStatus(first)).steps.find(({ name }) => name.startsWith('Watch'));
      const took = Date.parse(baked?.endedAt ?? '') - Date.parse(baked?.startedAt ?? '');
      expect(ends.length).toBeGreaterThan(1);
      expect(new Set(ends).size).toBe(1);
      expect(took).toBeGreaterThanOrEqual(bakeSeconds * 1_000 - 500);
      expect(await lastStatus(second)).toMatchObject({
        outcome: 'released',
        from: 'example/shop:4.1.0',
        to: 'example/shop:4.2.0',
      });
      const said = world.messages.map(({ key }) => key);
      expect(new Set(said).size).toBe(said.length);
      expect(world.messages.filter(({ thread }) => thread === undefined)).toHaveLength(2);
    });
  },
  600_000,
);
