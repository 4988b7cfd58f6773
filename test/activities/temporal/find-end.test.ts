/** Ends of releases, asked of the server that people use. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createTemporalActivities } from '../../../src/activities/temporal/index.ts';
import { createRunningWorkflowReader } from '../../../src/activities/temporal/running-workflows.ts';
import { createWorkflowLists } from '../../../src/activities/temporal/workflow-lists.ts';
import type { EndQuestion, FoundEnd, TemporalActivities } from '../../../src/activities/temporal/types.ts';
import { aTarget } from '../../support/a-target.ts';
import { eventually } from '../../support/eventually.ts';
import { aWorld } from '../../support/fake-world.ts';
import { openServerBench, servedBy, type Bench } from '../../support/workflow-bench.ts';

const target = { service: 'shop', environment: 'dev' };
const begin = new Date(0).toISOString();
let bench: Bench;
let activities: TemporalActivities;
let between = begin;

beforeAll(async () => {
  bench = await openServerBench();
  const { client } = bench.env;
  activities = createTemporalActivities({
    workflows: createRunningWorkflowReader(client),
    lists: createWorkflowLists(client),
  });
  await bench.runWith(
    (taskQueue) => aWorld(servedBy(taskQueue, aTarget())),
    async (world, taskQueue) => {
      const run = async (workflowId: string, input: object) => {
        const args = [{ ...target, ...input }];
        const handle: WorkflowHandle = await client.workflow.start('standardDeployment', {
          ...{ taskQueue, workflowId, args },
        });
        await handle.result().catch(() => undefined);
      };
      world.sickImages.add('example/shop:4.1.1');
      await run('shop-4.1.0', { version: '4.1.0' });
      between = new Date().toISOString();
      await run('shop-4.1.1', { version: '4.1.1' });
      await run('shop-dry', { version: '4.2.0', dryRun: true });
    },
  );
});
afterAll(() => bench.close());

function ask(question: Partial<EndQuestion>): Promise<FoundEnd> {
  return new MockActivityEnvironment().run(activities.findEnd, {
    ...target,
    ...{ release: 'another', after: begin, ended: 'well' as const },
    ...question,
  });
}

test('a good end and a bad one are told apart, and only what came later counts', async () => {
  // The server lists what has just ended a moment later.
  await eventually(
    () => ask({ ended: 'badly' }),
    ({ release }) => release === 'shop-4.1.1',
  );
  expect(await ask({ ended: 'well' })).toEqual({ release: 'shop-4.1.0' });
  expect(await ask({ ended: 'well', after: between })).toEqual({});
  expect(await ask({ ended: 'badly', after: between })).toEqual({ release: 'shop-4.1.1' });
  expect(await ask({ ended: 'badly', environment: 'other' })).toEqual({});
});

test('the end of the release itself is no later one', async () => {
  expect(await ask({ ended: 'badly', release: 'shop-4.1.1' })).toEqual({});
});

test('a workflow that somebody deleted has ended, and left no word', async () => {
  const { client, namespace = 'default' } = bench.env;
  const handle = await client.workflow.start('release', {
    ...{ taskQueue: 'nobody', workflowId: 'deleted', args: [] },
  });
  const run = { workflowId: 'deleted', runId: handle.firstExecutionRunId };
  await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: run });
  await eventually(
    () =>
      handle.describe().then(
        () => false,
        (error: unknown) => error instanceof WorkflowNotFoundError,
      ),
    (isGone) => isGone,
  );
  expect(await new MockActivityEnvironment().run(activities.awaitEnd, run)).toEqual({});
});
