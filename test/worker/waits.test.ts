/** How many releases wait, as Prometheus reads it, on the server that people use: the one for tests has no lists. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { freePorts } from '../../local/free-port.ts';
import { createWorkflowLists, type WorkflowLists } from '../../src/activities/temporal/workflow-lists.ts';
import { runtimeOptions } from '../../src/worker/telemetry.ts';
import { watchWaits, type Waits } from '../../src/worker/waits.ts';
import { aTarget } from '../support/a-target.ts';
import { eventually } from '../support/eventually.ts';
import { statusWhen } from '../support/messages.ts';
import { lastStatus, playScene } from '../support/release-scene.ts';
import { openServerBench, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
let port: number;
beforeAll(async () => {
  [port = 0] = await freePorts([0]);
  bench = await openServerBench(runtimeOptions(new DefaultLogger('ERROR'), { host: '127.0.0.1', port }));
});
afterAll(() => bench.close());

let waits: Waits | undefined;
afterEach(() => waits?.close());

function watch(lists: Pick<WorkflowLists, 'list'> = createWorkflowLists(bench.env.client)): void {
  waits = watchWaits(lists, Runtime.instance().metricMeter, 20);
}

/** `approval shop dev 1`, in order. */
async function samples(): Promise<readonly string[]> {
  const text = await (await fetch(`http://127.0.0.1:${String(port)}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith('fairway_releases_waiting{'))
    .map((line) => {
      const label = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? '?';
      return [label('kind'), label('service'), label('environment'), line.split(' ').at(-1)].join(' ');
    })
    .sort();
}

async function samplesBecome(expected: readonly string[]): Promise<void> {
  await eventually(samples, (seen) => seen.join() === expected.join(), { everyMs: 25, withinMs: 60_000 });
}

test('who waits for people and who for the target is counted, whichever worker asks, until nobody does', async () => {
  const approval = { required: 1, people: ['ada@example.com'], expirySeconds: 86_400 };
  const target = aTarget({ environment: { approval, whenHeld: 'wait' } });
  await playScene({ bench, type: 'release', target, replicas: 3 }, async ({ start }) => {
    const first = await start({ requestedBy: 'rita@example.com' });
    await statusWhen(first, (status) => status.approval !== undefined);
    const second = await start({ requestedBy: 'rita@example.com', version: '4.2.0' });
    watch();
    await samplesBecome(['approval shop dev 1', 'queue shop dev 1']);
    // As after a restart.
    await waits?.close();
    watch();
    await samplesBecome(['approval shop dev 1', 'queue shop dev 1']);
    await first.signal('approve', { by: 'ada@example.com' });
    expect(await lastStatus(first)).toMatchObject({ outcome: 'released' });
    await samplesBecome(['approval shop dev 1', 'queue shop dev 0']);
    await second.signal('abort', { by: 'rita@example.com' });
    expect(await lastStatus(second)).toMatchObject({ outcome: 'aborted' });
    await samplesBecome(['approval shop dev 0', 'queue shop dev 0']);
  });
});

test('a server that does not answer is asked again', async () => {
  const lists = createWorkflowLists(bench.env.client);
  let asked = 0;
  watch({
    list: (query, limit) => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error('unavailable')) : lists.list(query, limit);
    },
  });
  while (asked < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  await waits?.close();
  const before = asked;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(asked).toBe(before);
});
