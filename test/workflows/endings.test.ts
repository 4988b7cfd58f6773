/** How releases end while the systems around them are away, and when their end comes in the middle of something. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import { failureTypes } from '../../src/domain/failures.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aHistory } from '../support/a-history.ts';
import {
  aftermathScene,
  asked,
  endOf,
  incidents,
  paging,
  type Scene,
  spanOf,
  ticketUrl,
} from '../support/aftermath-scene.ts';
import { eventually } from '../support/eventually.ts';
import { untilCancelled, type ActivityName, type World } from '../support/fake-world.ts';
import { lastStatus } from '../support/release-scene.ts';
import { openBench, type Bench } from '../support/workflow-bench.ts';

const to = 'example/shop:4.1.0';
const version = { version: '4.1.0' };
const both = 'fairway:shop:dev fairway:shop:dev:rollbackFailed';

let bench: Bench;
beforeAll(async () => {
  // After attempts that were cut off the server skips no time.
  bench = await openBench(undefined, {}, { firstPagingPauseSeconds: 2, incidentPatienceSeconds: 120 });
});
afterAll(() => bench.close());

const scene = (environment: object, work: (scene: Scene) => Promise<void>) =>
  aftermathScene(bench, environment, work);

test('a release whose announcement did not arrive says its outcome alone in the channel', async () => {
  await scene(asked, async ({ world, start }) => {
    world.interfere = (activity, call) => {
      if (activity === 'postMessage' && call === 1)
        throw ApplicationFailure.nonRetryable('no such channel', failureTypes.slackRejected);
    };
    const status = await lastStatus(await start('standardDeployment', version));
    expect(status.outcome).toBe('released');
    expect(world.messages.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^\[DEPLOYMENT\] Shop v4\.1\.0 deployed to dev in /),
    ]);
  });
});

describe('a rollback that does not come through', () => {
  const hang = (world: World, until: () => boolean) => {
    world.brokenImages.add(to);
    world.interfere = (activity) => {
      if (activity === 'restoreRevision' && !until())
        throw ApplicationFailure.create({ message: 'away', type: failureTypes.clusterUnreachable });
    };
  };
  const critical = 'page fairway:shop:dev:rollbackFailed critical';

  test('wakes somebody once, while it goes on, and lets them sleep when it is through', async () => {
    await scene({ ...asked, incidents: undefined }, async ({ world, vendors, start }) => {
      let tried = 0;
      // Long after somebody was woken.
      hang(world, () => vendors.heard.includes(critical) && (tried += 1) > 2);
      const status = await lastStatus(await start('standardDeployment', version));
      expect(status.outcome).toBe('rolledBack');
      expect(vendors.heard).toEqual([
        'change shop in dev',
        critical,
        'resolve fairway:shop:dev:rollbackFailed',
        'page fairway:shop:dev error',
      ]);
      expect(vendors.pages[0]?.summary).toMatch(
        /^Shop in dev is being put back since \d{4}-\d\d-\d\d \d\d:\d\d UTC and does not get there; .*: the rollout of 4\.1\.0 failed/,
      );
      expect(vendors.pages[0]?.details).toMatchObject({ release: status.release });
    });
  });

  test('and fails in the end stays the same incident', async () => {
    await scene({ paging }, async ({ world, vendors, start }) => {
      hang(world, () => {
        if (!vendors.heard.includes(critical)) return false;
        throw ApplicationFailure.nonRetryable('not allowed', failureTypes.forbidden);
      });
      const status = await lastStatus(await start('standardDeployment', version));
      expect(status.outcome).toBe('rollbackFailed');
      expect(vendors.heard).toEqual(['change shop in dev', critical, critical]);
      expect(vendors.pages[1]?.summary).toContain('could not be put back, a person must look');
    });
  });

  test('in its first minute wakes nobody', async () => {
    await scene({ paging }, async ({ world, vendors, start }) => {
      let tried = 0;
      hang(world, () => (tried += 1) > 5);
      expect((await lastStatus(await start('standardDeployment', version))).outcome).toBe('rolledBack');
      expect(vendors.heard).toEqual(['change shop in dev', 'page fairway:shop:dev error']);
    });
  });
});

test('a return that fails is diagnosed, too, and that leads in the page and in the ticket', async () => {
  await scene(asked, async ({ world, vendors, start }) => {
    for (const image of [to, 'example/shop:4.0.0']) world.brokenImages.add(image);
    world.interfere = (activity, call) => {
      if (activity === 'diagnose')
        world.diagnosis = {
          summary: call === 1 ? 'a bad image' : 'no node has room',
          findings: [],
          unseen: [],
        };
    };
    const status = await lastStatus(await start('standardDeployment', version));
    expect(status).toMatchObject({
      outcome: 'rollbackFailed',
      diagnosis: { summary: 'a bad image' },
      returnDiagnosis: { summary: 'no node has room' },
    });
    expect(vendors.pages[0]?.details).toMatchObject({ diagnosis: 'no node has room' });
    expect(vendors.tickets[0]?.body).toMatch(/## Diagnosis\n.*no node has room.*a bad image/s);
  });
});

describe('where paging is asked for, and the worker has no key', () => {
  test('the release says that nobody was woken, and the incident has failed', async () => {
    await scene(asked, async ({ world, vendors, start }) => {
      vendors.hasKey = false;
      world.brokenImages.add(to);
      const { incident, notes } = await lastStatus(await start('standardDeployment', version));
      expect(incident?.done).toEqual([
        expect.stringMatching(/^nobody was paged: this worker has no FAIRWAY_PAGERDUTY_ROUTING_KEY/),
        `ticket ${ticketUrl}`,
        'web hook answered 204',
      ]);
      expect(notes.join()).toMatch(/Whoever is on call was not told: this worker has no FAIRWAY_PAGERDUTY/);
      const handle = bench.env.client.workflow.getHandle(incident?.workflowId ?? '');
      expect(await handle.query<ReleaseStatus>('status')).toMatchObject({ outcome: 'failed' });
    });
  });
});

describe('while the paging service is away', () => {
  // One attempt is a round: how many Temporal makes of them is its own.
  const away = ApplicationFailure.nonRetryable('its rate limit is reached', failureTypes.pagingUnavailable);

  test('a page that is over is closed later, without holding the target', async () => {
    await scene({ paging }, async ({ vendors, start }) => {
      let refused = 0;
      vendors.fail = (call) => {
        if (call.startsWith('resolve') && (refused += 1) < 4) throw away;
      };
      const status = await lastStatus(await start('standardDeployment', version));
      expect(status).not.toHaveProperty('incident');
      const [, incident = ''] = /(incident:\S+) goes on with it/.exec(status.notes.join()) ?? [];
      const holder = await spanOf(bench, 'target:shop:dev');
      expect(holder.end - endOf(status, 'Verify')).toBeLessThan(60_000);
      expect(await bench.env.client.workflow.getHandle(incident).result()).toEqual(['the page is closed']);
      expect(vendors.heard.at(-1)).toBe(`resolve ${both}`);
    });
  });

  test('the page of a later failure is not closed', async () => {
    await scene({ paging }, async ({ vendors, start }) => {
      vendors.fail = (call) => {
        if (call.startsWith('resolve')) throw away;
      };
      vendors.later = { ended: 'badly', release: 'shop-4.2.0' };
      const { notes } = await lastStatus(await start('standardDeployment', version));
      const [, incident = ''] = /(incident:\S+) goes on with it/.exec(notes.join()) ?? [];
      expect(await bench.env.client.workflow.getHandle(incident).result()).toEqual([
        'the page stays open, for release "shop-4.2.0" has failed since',
      ]);
    });
  });

  test('a page that was not taken is given up when a later release has ended well', async () => {
    await scene({ paging }, async ({ world, vendors, start }) => {
      world.brokenImages.add(to);
      vendors.later = { ended: 'well', release: 'shop-4.2.0' };
      vendors.fail = (call) => {
        if (call.startsWith('page')) throw away;
      };
      const { incident } = await lastStatus(await start('standardDeployment', version));
      expect(await bench.env.client.workflow.getHandle(incident?.workflowId ?? '').result()).toEqual([
        'nobody was paged any more, for release "shop-4.2.0" has ended well',
      ]);
      expect(vendors.heard).toEqual(['change shop in dev']);
    });
  });
});

describe('a rollback that stops a release', () => {
  const reason = { reason: 'error rate above 5 %', requestedBy: 'ana@example.com' };

  test('is written down with its reason when the release had changed something', async () => {
    await scene({ incidents }, async ({ world, vendors, start }) => {
      world.history = aHistory();
      hold(world, 'awaitRollout');
      await start('standardDeployment', version);
      await called(world, 'awaitRollout');
      const status = await lastStatus(await start('rollback', reason));
      expect(status).toMatchObject({
        outcome: 'unchanged',
        incident: { done: [`ticket ${ticketUrl}`, 'web hook answered 204'] },
      });
      expect(vendors.tickets).toHaveLength(1);
      expect(vendors.tickets[0]?.title).toContain('a rollback stopped the release under way');
      expect(vendors.tickets[0]?.body).toContain('error rate above 5 %');
    });
  });

  test('goes on where the release had changed nothing', async () => {
    await scene({}, async ({ world, start }) => {
      Object.assign(world, { image: to, history: aHistory() });
      hold(world, 'preflight');
      const handle = await start('standardDeployment', { version: '4.2.0' });
      await called(world, 'preflight');
      const status = await lastStatus(await start('rollback', reason));
      expect(await lastStatus(handle)).toMatchObject({ outcome: 'aborted', changed: false });
      expect(status).toMatchObject({ outcome: 'rolledBack', from: to, to: 'example/shop:4.0.0' });
    });
  });
});

describe('a release that is stopped while its last activity ends', () => {
  test('in time, by an abort that was accepted, is put back', async () => {
    await scene({}, async ({ world, start }) => {
      world.interfere = async (activity, call) => {
        if (activity !== 'verifyTarget' || call > 1) return;
        await (await started).signal('abort', { by: 'ana@example.com', reason: 'errors' });
        await untilCancelled().catch(() => undefined);
      };
      const started = start('standardDeployment', version);
      const status = await lastStatus(await started);
      expect(status).toMatchObject({ outcome: 'aborted', changed: true });
      expect(world.image).toBe('example/shop:4.0.0');
    });
  });

  test('by a failure, after it was cancelled, ends as cancelled', async () => {
    await scene({}, async ({ world, start }) => {
      world.interfere = async (activity, call) => {
        if (activity !== 'awaitRollout' || call > 1) return;
        await (await started).cancel();
        await untilCancelled().catch(() => undefined);
        throw ApplicationFailure.nonRetryable('no answer', failureTypes.clusterUnreachable);
      };
      const started = start('standardDeployment', version);
      const handle = await started;
      const error: unknown = await handle.result().catch((failed: unknown) => failed);
      expect(error instanceof WorkflowFailedError && error.cause).toBeInstanceOf(CancelledFailure);
      expect(world.image).toBe('example/shop:4.0.0');
    });
  });
});

/** The first call of an activity waits until it is cancelled. */
function hold(world: World, held: ActivityName): void {
  world.interfere = async (activity, call) => {
    if (activity === held && call === 1) await untilCancelled();
  };
}

/** Real time: the fake world has no clock. */
async function called(world: World, activity: ActivityName): Promise<void> {
  await eventually(
    () => world.calls,
    (calls) => calls.includes(activity),
  );
}
