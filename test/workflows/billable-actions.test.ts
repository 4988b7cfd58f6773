import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aTarget } from '../support/a-target.ts';
import { billableActions, totalActions } from '../support/billable-actions.ts';
import { statusWhen } from '../support/messages.ts';
import { playScene } from '../support/release-scene.ts';
import { openBench, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** Four of them tell in lists, at two gates, that people are waited for. */
const maxActions = 39;
const steps = [10, 20, 40, 70, 100].map((weight) => ({
  weight,
  bake: '15m',
  gate: weight === 10 || weight === 70,
}));

test(`a canary of five steps with two people's consent costs at most ${maxActions} billable actions`, async () => {
  await playScene({ bench, type: 'canaryDeployment', target: aTarget(), replicas: 10 }, async (scene) => {
    const handle = await scene.start({ steps });
    for (const weight of [10, 70]) {
      await reached(() => handle.query<ReleaseStatus>('status'), `Gate at ${weight} %`);
      await handle.signal('promote', { by: 'ana@example.com' });
    }
    expect(await handle.result()).toMatchObject({ outcome: 'released' });
    const counted = await count(handle);
    // The counting itself sees what there is: the start, the child, and both signals on their way through.
    expect(counted[0]).toMatchObject({ start: 1, child: 2 });
    expect(counted[1]?.['signal']).toBe(2);
    expect(counted[1]?.['activity']).toBeGreaterThan(10);
  });
});

test(`a production release of as many steps, approved by two people, costs as much at most`, async () => {
  const approval = { required: 2, people: ['ada@example.com', 'ben@example.com'], expirySeconds: 86_400 };
  const target = aTarget({ environment: { approval } });
  await playScene({ bench, type: 'release', target, replicas: 10 }, async (scene) => {
    const bakes = steps.map(({ weight, bake }) => ({ weight, bake }));
    const handle = await scene.start({
      ...{ strategy: 'canary', requestedBy: 'rita@example.com', steps: bakes },
    });
    await statusWhen(handle, (status) => status.approval !== undefined);
    for (const by of approval.people) await handle.signal('approve', { by });
    expect(await handle.result()).toMatchObject({ outcome: 'released' });
    expect((await count(handle))[0]).toMatchObject({ 'search attributes': 4 });
  });
});

/** Of the workflow that people started and of the one that held the target. Throws when there are too many. */
async function count(handle: WorkflowHandle): Promise<readonly Readonly<Record<string, number>>[]> {
  const holder = bench.env.client.workflow.getHandle('target:shop:dev');
  const histories = await Promise.all([handle.fetchHistory(), holder.fetchHistory()]);
  const counted = histories.map(billableActions);
  const total = totalActions(histories);
  if (total > maxActions) throw new Error(`${total} actions: ${JSON.stringify(counted)}`);
  return counted;
}

/** The asking workflow is told of gates; how the bakes before them end is the server's skipped time. */
async function reached(look: () => Promise<ReleaseStatus>, phase: string): Promise<void> {
  for (;;) {
    if ((await look()).phase === phase) return;
    await bench.env.sleep('1m');
  }
}
