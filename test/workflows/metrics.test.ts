/** What the workflows of releases count, as Prometheus reads it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/client';
import { DefaultLogger } from '@temporalio/worker';
import { freePorts } from '../../local/free-port.ts';
import { failureTypes } from '../../src/domain/failures.ts';
import { runtimeOptions } from '../../src/worker/telemetry.ts';
import { aTarget } from '../support/a-target.ts';
import { aWorld } from '../support/fake-world.ts';
import { statusWhen } from '../support/messages.ts';
import { lastStatus, playScene } from '../support/release-scene.ts';
import { openBench, servedBy, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
let port: number;
beforeAll(async () => {
  [port = 0] = await freePorts([0]);
  bench = await openBench(undefined, runtimeOptions(new DefaultLogger('ERROR'), { host: '127.0.0.1', port }));
});
afterAll(() => bench.close());

/** Sum of the samples of a metric whose labels hold all of `labels`. */
async function sample(name: string, labels: Readonly<Record<string, string>>): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${String(port)}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .filter((line) => Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

test('a release is counted once, with its verdict, its steps and its waits', async () => {
  const approval = { required: 1, people: ['ada@example.com'], expirySeconds: 86_400 };
  const named = { service: 'shop', environment: 'dev' };
  const target = aTarget({ environment: { approval } });
  await playScene({ bench, type: 'release', target, replicas: 3 }, async ({ start }) => {
    const handle = await start({ requestedBy: 'rita@example.com' });
    await statusWhen(handle, (status) => status.approval !== undefined);
    expect(await sample('fairway_releases', {})).toBe(0);
    await handle.signal('approve', { by: 'ada@example.com' });
    expect(await lastStatus(handle)).toMatchObject({ outcome: 'released' });
  });
  expect(await sample('fairway_releases', { ...named, strategy: 'standard', outcome: 'released' })).toBe(1);
  expect(await sample('fairway_releases', {})).toBe(1);
  expect(await sample('fairway_verdicts', { ...named, kind: 'verification', verdict: 'pass' })).toBe(1);
  expect(await sample('fairway_step_seconds_count', { step: 'Approve', result: 'done' })).toBe(1);
  expect(await sample('fairway_gate_seconds_count', { ...named, kind: 'approval' })).toBe(1);
  expect(await sample('fairway_gate_seconds_bucket', { kind: 'approval', le: '60' })).toBe(1);
  expect(await sample('fairway_compensations_failed', {})).toBe(0);
});

test('a release that cannot be put back is counted as such, with what is left', async () => {
  const named = { service: 'shop', environment: 'dev' };
  await bench.runWith(
    (taskQueue) => aWorld(servedBy(taskQueue, aTarget())),
    async (world, taskQueue) => {
      world.brokenImages.add('example/shop:4.2.0');
      world.interfere = (activity) => {
        if (activity === 'restoreRevision')
          throw ApplicationFailure.nonRetryable('not allowed', failureTypes.forbidden);
      };
      const { workflow } = bench.env.client;
      const args = [{ ...named, version: '4.2.0' }];
      const handle = await workflow.start('release', { taskQueue, workflowId: 'shop-4.2.0', args });
      expect(await lastStatus(handle)).toMatchObject({ outcome: 'rollbackFailed' });
    },
  );
  expect(await sample('fairway_releases', { ...named, outcome: 'rollbackFailed' })).toBe(1);
  expect(await sample('fairway_compensations_failed', named)).toBe(1);
  expect(await sample('fairway_step_seconds_count', { step: 'Roll back' })).toBe(1);
});
