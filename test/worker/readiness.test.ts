import { expect, test } from '@jest/globals';
import type { NativeConnection, Worker } from '@temporalio/worker';
import { readinessOf } from '../../src/worker/readiness.ts';

type Asked = Parameters<typeof readinessOf>[0][number];

function aWorker(taskQueue: string, status: Partial<ReturnType<Worker['getStatus']>> = {}): Asked {
  const polling = {
    runState: 'RUNNING',
    workflowPollerState: 'POLLING',
    activityPollerState: 'POLLING',
    ...status,
  };
  return { getStatus: () => polling, options: { taskQueue } } as unknown as Asked;
}

/** Of the connection it uses two members. */
function aConnection(describeNamespace: () => Promise<unknown>): NativeConnection {
  const withDeadline = (_deadline: number, work: () => Promise<unknown>) => work();
  return { withDeadline, workflowService: { describeNamespace } } as unknown as NativeConnection;
}

const answering = aConnection(async () => ({}));

test('a process is ready when all its workers poll', async () => {
  const workers = [aWorker('control'), aWorker('dev', { workflowPollerState: 'SHUTDOWN' })];
  expect(await readinessOf(workers, answering, 'default')).toEqual({
    ready: true,
    taskQueues: ['control', 'dev'],
  });
});

test.each([
  [{ runState: 'INITIALIZED' }, 'is INITIALIZED'],
  [{ runState: 'STOPPING' }, 'is STOPPING'],
  [{ runState: 'FAILED' }, 'is FAILED'],
  [{ workflowPollerState: 'FAILED' }, 'does not poll (workflows, activities: FAILED, POLLING)'],
  [{ activityPollerState: 'FAILED' }, 'does not poll (workflows, activities: POLLING, FAILED)'],
  [
    { workflowPollerState: 'SHUTDOWN', activityPollerState: 'SHUTDOWN' },
    'does not poll (workflows, activities: SHUTDOWN, SHUTDOWN)',
  ],
] as const)('it is not ready when one of them is %j', async (status, words) => {
  const workers = [aWorker('control'), aWorker('dev', status)];
  expect(await readinessOf(workers, answering, 'default')).toEqual({
    ready: false,
    reason: `the worker of task queue "dev" ${words}`,
  });
});

test('it is not ready before it has workers, or when Temporal refuses; a secret in its words is not told', async () => {
  expect(await readinessOf([], answering, 'default')).toEqual({
    ready: false,
    reason: 'the worker is starting',
  });
  const refusing = aConnection(() => Promise.reject(new Error('denied: authorization: Bearer abcdefghij')));
  expect(await readinessOf([aWorker('control')], refusing, 'shop')).toEqual({
    ready: false,
    reason: 'Temporal does not answer for namespace "shop": denied: authorization: [redacted]',
  });
});
