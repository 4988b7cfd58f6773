/** Where no worker serves an environment's task queue, people are told so, and how to start one; soon. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { failureTypes } from '../../src/domain/failures.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aTarget } from '../support/a-target.ts';
import { aWorld } from '../support/fake-world.ts';
import { openServerBench, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
// The server that skips time does not while an activity lies in its queue.
beforeAll(async () => {
  bench = await openServerBench({}, { workerWaitSeconds: 2 });
});
afterAll(() => bench.close());

test.each([
  ['release', 'preflight', 'Pre-flight'],
  ['rollback', 'preflight', 'Pre-flight'],
  ['verification', 'verifyTarget', 'Verify'],
  ['diagnosis', 'diagnose', 'Diagnose'],
])('a %s names the task queue that nobody serves', async (type, activity, step) => {
  await bench.runWith(
    // Only the control task queue has a worker.
    () => aWorld(aTarget({ environment: { taskQueue: 'fairway-dev' } })),
    async (_world, taskQueue) => {
      const wish = type === 'release' ? { version: '4.1.0' } : type === 'rollback' ? { reason: 'slow' } : {};
      const handle = await bench.env.client.workflow.start(type, {
        ...{ taskQueue, workflowId: `shop-${type}` },
        args: [{ service: 'shop', environment: 'dev', ...wish }],
      });
      const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
      const failure = error instanceof WorkflowFailedError ? error.cause : undefined;
      const words = `no worker serves the task queue fairway-dev, where ${activity} waited for one: start one with --environment dev`;
      expect(failure).toBeInstanceOf(ApplicationFailure);
      expect(failure).toMatchObject({ type: failureTypes.failed, message: `${words}. Nothing was changed.` });
      const { outcome, steps } = await handle.query<ReleaseStatus>('status');
      expect(outcome).toBe('failed');
      expect(steps.find(({ name }) => name === step)).toMatchObject({ state: 'failed', detail: words });
    },
  );
});
