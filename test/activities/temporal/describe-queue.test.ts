import { expect, test } from '@jest/globals';
import { describeHolder, describeQueue } from '../../../src/activities/temporal/describe-queue.ts';
import type { RunningWorkflow, RunningWorkflowReader } from '../../../src/activities/temporal/index.ts';
import type { WorkflowLists } from '../../../src/activities/temporal/workflow-lists.ts';

const lock = 'target:shop:production';
const startedAt = new Date('2026-02-03T10:00:00Z');

function running(type: string, memo: Record<string, unknown>): RunningWorkflowReader {
  const workflow: RunningWorkflow = { workflowId: lock, runId: 'run-1', type, startedAt, memo };
  return { describeRunning: () => Promise.resolve(workflow), resultOf: () => Promise.resolve(undefined) };
}

const lists: WorkflowLists = {
  list: (query) =>
    Promise.resolve([
      {
        workflowId: 'shop-4.2.0',
        runId: 'run-2',
        startedAt,
        closedAt: startedAt,
        attributes: { FairwayWaitsFor: `supersede ${lock}`, query },
        memo: {},
      },
    ]),
  resultOf: () => Promise.resolve(undefined),
};

test.each([
  [
    'by what the release that asked for the target left in its memo',
    'release',
    { release: 'shop-4.1.0', description: 'shop v4.1.0', rank: 'wait', askedAt: '2026-02-03T09:00:00Z' },
    { release: 'shop-4.1.0', rank: 'wait', askedAt: '2026-02-03T09:00:00Z' },
  ],
  [
    'by its own ID when it was started directly',
    'release',
    {},
    { release: lock, askedAt: startedAt.toISOString() },
  ],
  ['a rollback as one, however it came', 'rollback', { rank: 'supersede' }, { rank: 'rollback' }],
])('a holder is known %s', async (_what, type, memo, holder) => {
  expect(await describeHolder(lock, running(type, memo))).toMatchObject(holder);
});

test('whoever waits is listed with its rank', async () => {
  const queue = await describeQueue(lock, { workflows: running('release', {}), lists });
  expect(queue.waiting).toEqual([
    { release: 'shop-4.2.0', runId: 'run-2', rank: 'supersede', startedAt: startedAt.toISOString() },
  ]);
});

test('without lists the holder is known still, and the problem is said', async () => {
  const broken = { ...lists, list: () => Promise.reject(new Error('no visibility')) };
  const queue = await describeQueue(lock, { workflows: running('release', {}), lists: broken });
  expect(queue).toMatchObject({ holder: { runId: 'run-1' }, waiting: [], problem: 'no visibility' });
});
