import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/client';
import { failureTypes } from '../../src/domain/failures.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aHistory } from '../support/a-history.ts';
import { aftermathScene, asked, ticketUrl, type Scene } from '../support/aftermath-scene.ts';
import { untilCancelled } from '../support/fake-world.ts';
import { lastStatus } from '../support/release-scene.ts';
import { openBench, type Bench } from '../support/workflow-bench.ts';

const to = 'example/shop:4.1.0';

let bench: Bench;
beforeAll(async () => {
  // A slow machine is not done with an incident in what is a release's patience.
  bench = await openBench(undefined, {}, { incidentPatienceSeconds: 120 });
});
afterAll(() => bench.close());

const scene = (environment: object, work: (scene: Scene) => Promise<void>) =>
  aftermathScene(bench, environment, work);

const version = { version: '4.1.0' };
const resolved = 'resolve fairway:shop:dev fairway:shop:dev:rollbackFailed';

describe('after a release', () => {
  test('that went well, the page of an earlier one is over, and nobody is woken', async () => {
    await scene(asked, async ({ vendors, start }) => {
      expect((await lastStatus(await start('standardDeployment', version))).outcome).toBe('released');
      expect(vendors.heard).toEqual(['change shop in dev', resolved]);
      const run = /^https:\/\/temporal\.example\.com\/namespaces\/default\/workflows\/target%3Ashop%3Adev\//;
      expect(vendors.changes[0]?.links).toEqual([{ text: 'Run', href: expect.stringMatching(run) }]);
    });
  });

  test('that was rolled back, whoever is on call is woken, and it is written down once', async () => {
    await scene(asked, async ({ world, vendors, start }) => {
      world.brokenImages.add(to);
      const status = await lastStatus(await start('standardDeployment', version));
      expect(status).toMatchObject({
        outcome: 'rolledBack',
        incident: {
          workflowId: expect.stringMatching(/^incident:.+-standardDeployment-1:/),
          done: ['the person on call was paged', `ticket ${ticketUrl}`, 'web hook answered 204'],
        },
      });
      expect([...vendors.heard].sort()).toEqual([
        'change shop in dev',
        `hook ${ticketUrl}`,
        'page fairway:shop:dev error',
        'ticket',
      ]);
      const [ticket] = vendors.tickets;
      expect(ticket?.title).toMatch(/SEV2.*Shop.*4\.0\.0/);
      expect(ticket?.body).toContain('the rollout of 4.1.0 failed');
      expect(ticket?.body).toContain(ticket?.mark);
      // By the incident, which does not wait for the release's own last words.
      expect(world.messages).toContainEqual(
        expect.objectContaining({ broadcast: true, text: `SEV2: Shop, ${ticketUrl}` }),
      );
    });
  });

  test('a ticket system that is away holds up nothing, and hears of it when it is back', async () => {
    await scene(asked, async ({ world, vendors, start }) => {
      world.brokenImages.add(to);
      vendors.fail = (call) => {
        if (call === 'ticket') throw ApplicationFailure.create({ type: failureTypes.incidentUnavailable });
      };
      const status = await lastStatus(await start('standardDeployment', version));
      expect(status.incident?.done).toEqual([]);
      // The target is free for the fix at once.
      world.brokenImages.clear();
      expect((await lastStatus(await start('standardDeployment', version))).outcome).toBe('released');
      expect(vendors.heard).not.toContain('ticket');
      vendors.fail = () => undefined;
      const incident = bench.env.client.workflow.getHandle(status.incident?.workflowId ?? '');
      expect(await incident.result()).toEqual([
        'the person on call was paged',
        `ticket ${ticketUrl}`,
        'web hook answered 204',
      ]);
      expect(vendors.heard.filter((call) => call === 'ticket')).toHaveLength(1);
    });
  });

  test('one vendor that refuses keeps none of the others from hearing', async () => {
    await scene(asked, async ({ world, vendors, start }) => {
      world.brokenImages.add(to);
      vendors.fail = (call) => {
        if (call.startsWith('page') || call === 'ticket')
          throw ApplicationFailure.nonRetryable('no', failureTypes.pagingRejected);
      };
      const { incident } = await lastStatus(await start('standardDeployment', version));
      expect(incident?.done).toEqual(['nobody was paged: no', 'web hook answered 204']);
      expect(vendors.heard).toContain('hook without a ticket');
      const handle = bench.env.client.workflow.getHandle(incident?.workflowId ?? '');
      const { outcome, notes } = await handle.query<ReleaseStatus>('status');
      expect(outcome).toBe('failed');
      expect([...notes].sort()).toEqual(['Open ticket: no', 'nobody was paged: no']);
    });
  });

  test('whoever cannot be told that it starts, or is over, becomes a note', async () => {
    await scene(asked, async ({ vendors, start }) => {
      vendors.fail = () => {
        throw ApplicationFailure.nonRetryable('no such key', failureTypes.pagingRejected);
      };
      expect(await lastStatus(await start('standardDeployment', version))).toMatchObject({
        outcome: 'released',
        notes: expect.arrayContaining([
          'Whoever is on call was not told: no such key',
          'The page of an earlier release may still be open: no such key',
        ]),
      });
    });
  });

  test('that a person stopped, nobody is woken and nothing is written down', async () => {
    await scene(asked, async ({ world, vendors, start }) => {
      world.interfere = async (activity) => {
        if (activity !== 'awaitRollout' || world.image !== to) return;
        await (await started).signal('abort', { by: 'ana@example.com', reason: 'changed my mind' });
        await untilCancelled();
      };
      const started = start('standardDeployment', version);
      expect((await lastStatus(await started)).outcome).toBe('aborted');
      expect(vendors.heard).toEqual(['change shop in dev']);
    });
  });

  test('that was refused, nobody is woken', async () => {
    await scene(asked, async ({ vendors, start }) => {
      expect((await lastStatus(await start('standardDeployment', { version: '4.0.0' }))).outcome).toBe(
        'refused',
      );
      expect(vendors.heard).toEqual([]);
    });
  });

  test('nothing is done where the environment asks for nothing', async () => {
    await scene({}, async ({ world, vendors, start }) => {
      world.brokenImages.add(to);
      expect(await lastStatus(await start('standardDeployment', version))).not.toHaveProperty('incident');
      expect(vendors.heard).toEqual([]);
    });
  });
});

describe('after a rollback', () => {
  const reason = { reason: 'error rate above 5 %', requestedBy: 'ana@example.com' };

  test('that a person asked for, it is written down, the page is over, and nobody is woken', async () => {
    await scene(asked, async ({ world, vendors, start }) => {
      Object.assign(world, { image: to, history: aHistory() });
      const status = await lastStatus(await start('rollback', reason));
      expect(status).toMatchObject({
        outcome: 'rolledBack',
        incident: { done: [`ticket ${ticketUrl}`, 'web hook answered 204'] },
      });
      expect(vendors.heard).toEqual([resolved, 'ticket', `hook ${ticketUrl}`]);
      expect(vendors.tickets[0]?.body).toContain('error rate above 5 %');
    });
  });

  test('that failed itself, somebody is woken with the highest severity', async () => {
    await scene(asked, async ({ world, vendors, start }) => {
      Object.assign(world, { image: to, history: aHistory() });
      world.brokenImages.add('example/shop:4.0.0');
      world.interfere = (activity) => {
        if (activity === 'restoreRevision' && world.image !== to)
          throw ApplicationFailure.nonRetryable('not allowed', failureTypes.forbidden);
      };
      const status = await lastStatus(await start('rollback', reason));
      expect(status.outcome).toBe('rollbackFailed');
      expect(vendors.heard).toContain('page fairway:shop:dev:rollbackFailed critical');
    });
  });
});
