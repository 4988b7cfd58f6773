/** The records of real releases, on the server that people use. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createTemporalActivities } from '../../../src/activities/temporal/index.ts';
import { createRunningWorkflowReader } from '../../../src/activities/temporal/running-workflows.ts';
import { createWorkflowLists, type WorkflowLists } from '../../../src/activities/temporal/workflow-lists.ts';
import type { PromotionRecord } from '../../../src/domain/promotion.ts';
import { aRevision } from '../../support/a-history.ts';
import { aTarget } from '../../support/a-target.ts';
import { eventually } from '../../support/eventually.ts';
import { aWorld } from '../../support/fake-world.ts';
import { openServerBench, servedBy, type Bench } from '../../support/workflow-bench.ts';

const target = { service: 'shop', environment: 'dev' };
let bench: Bench;

beforeAll(async () => {
  bench = await openServerBench();
  await bench.runWith(
    (taskQueue) => aWorld(servedBy(taskQueue, aTarget())),
    async (world, taskQueue) => {
      const run = async (type: string, workflowId: string, input: object) => {
        const args = [{ ...target, ...input }];
        const handle: WorkflowHandle = await bench.env.client.workflow.start(type, {
          taskQueue,
          workflowId,
          args,
        });
        await handle.result().catch(() => undefined);
      };
      world.sickImages.add('example/shop:4.1.1');
      await run('standardDeployment', 'shop-4.1.0', { version: '4.1.0' });
      await run('standardDeployment', 'shop-4.1.1', { version: '4.1.1' });
      await run('standardDeployment', 'shop-dry', { version: '4.1.5', dryRun: true });
      await run('verification', 'look', { version: '4.1.0' });
      await run('standardDeployment', 'shop-4.2.0', { version: '4.2.0' });
      world.history = { revisions: [aRevision(3, '4.1.0'), aRevision(4, '4.2.0')], backups: [] };
      await run('rollback', 'back', { to: { version: '4.1.0' }, reason: 'slow' });
    },
  );
});
afterAll(() => bench.close());

async function ask(
  question: object,
  lists: WorkflowLists = createWorkflowLists(bench.env.client),
): Promise<PromotionRecord> {
  const workflows = createRunningWorkflowReader(bench.env.client);
  const { findVerified } = createTemporalActivities({ workflows, lists });
  return new MockActivityEnvironment().run(findVerified, { ...target, ...question });
}

describe('what was verified in an environment', () => {
  test('are releases and verifications that passed, with their images, the newest first', async () => {
    // The server lists what has just ended a moment later.
    const { verified } = await eventually(
      () => ask({}),
      ({ changes }) => changes.length === 3,
    );
    expect(verified.map(({ release, version, image }) => [release, version, image])).toEqual([
      ['shop-4.2.0', '4.2.0', 'example/shop:4.2.0'],
      ['look', '4.1.0', 'example/shop:4.1.0'],
      ['shop-4.1.0', '4.1.0', 'example/shop:4.1.0'],
    ]);
  });

  test('come with what took their place: releases that went through, and what was rolled back from', async () => {
    const { changes } = await ask({});
    expect(changes.map(({ at: _at, ...change }) => change)).toEqual([
      { release: 'back', what: 'rolledBack', from: 'example/shop:4.2.0', version: '4.1.0' },
      { release: 'shop-4.2.0', what: 'released', version: '4.2.0' },
      { release: 'shop-4.1.0', what: 'released', version: '4.1.0' },
    ]);
  });

  test('can be asked for one version', async () => {
    expect((await ask({ version: '4.2.0' })).verified.map(({ release }) => release)).toEqual(['shop-4.2.0']);
    expect(await ask({ version: '4.1.1' })).toEqual({ verified: [], changes: [] });
    expect(await ask({ environment: 'production' })).toEqual({ verified: [], changes: [] });
  });

  test('are found when the list is a moment behind', async () => {
    const real = createWorkflowLists(bench.env.client);
    let asked = 0;
    const late: WorkflowLists = {
      ...real,
      list: async (query, limit) => ((asked += 1) === 1 ? [] : real.list(query, limit)),
    };
    const { verified } = await ask({ version: '4.2.0' }, late);
    expect(verified.map(({ release }) => release)).toEqual(['shop-4.2.0']);
  });
});
