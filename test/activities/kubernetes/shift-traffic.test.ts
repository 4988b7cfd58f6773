/** Traffic moves by pods alone: watched from outside, on every state that the API server was in. */
import { expect, jest, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import { actualWeight, podsOf, replicaPair } from '../../../src/domain/weights.ts';
import type { ReplicaPair } from '../../../src/domain/track.ts';
import { useCluster } from '../../support/cluster.ts';
import { tidyAfterwards } from '../../support/failures/afterwards.ts';
import { aNode } from '../../support/failures/nodes.ts';
import { appsOf, coreOf, environment, image, readDeployment, workload } from './bench.ts';
import {
  aScene,
  canary,
  inputOf,
  limit,
  lowest,
  shiftsOf,
  shiftTo,
  stopped,
  type Scene,
} from './shift-bench.ts';
import { readAutoscaler, readNamed } from './tracks-bench.ts';

const cluster = useCluster();
tidyAfterwards();
// Many at once; and a machine may be busy with much else.
jest.setTimeout(300_000);
const pair = (stable: number, ofCanary: number): ReplicaPair => ({ stable, canary: ofCanary });
const complete = { outcome: 'complete' };

test.concurrent.each([
  { replicas: 1, pairs: [pair(1, 1), pair(0, 1), pair(1, 0)] },
  { replicas: 3, pairs: [pair(2, 1), pair(1, 2), pair(0, 3), pair(3, 0)] },
  { replicas: 10, pairs: [pair(9, 1), pair(5, 5), pair(0, 10), pair(10, 0)] },
])(
  'on the whole way from $replicas replicas and back as many always serve, and each step ends with exactly its pods',
  async ({ replicas, pairs }) => {
    const scene = await aScene(cluster(), replicas);
    for (const to of pairs) {
      scene.watch.restart();
      const rises = to.canary > 0;
      expect(await shiftTo(cluster(), scene, to)).toMatchObject({
        ...complete,
        progress: { desired: podsOf(to), available: podsOf(to) },
      });
      await scene.watch.until('ready', to);
      const states = scene.watch.ready();
      expect(lowest(scene)).toBe(replicas);
      if (rises) expect(falls(states.map(({ canary: count }) => count))).toEqual([]);
      if (rises && to.stable > 0) expect(actualWeight(to)).toBeGreaterThan(0);
    }
  },
);

test('the pairs of the test above are those of the weights 10, 50 or 67, and 100', () => {
  expect([10, 100].map((weight) => replicaPair(weight, 1))).toEqual([pair(1, 1), pair(0, 1)]);
  expect([10, 67, 100].map((weight) => replicaPair(weight, 3))).toEqual([pair(2, 1), pair(1, 2), pair(0, 3)]);
  expect([10, 50, 100].map((weight) => replicaPair(weight, 10))).toEqual([
    pair(9, 1),
    pair(5, 5),
    pair(0, 10),
  ]);
});

test.concurrent('new pods are asked for first, and old ones go only when those serve', async () => {
  const scene = await aScene(cluster(), 3, { podAnnotations: { 'stand-in.local/start-delay': '5s' } });
  const shift = shiftTo(cluster(), scene, pair(1, 2));
  await scene.watch.until('asked', pair(3, 2));
  // For as long as they start.
  expect(scene.watch.ready()).toEqual([pair(3, 0)]);
  expect(await shift).toMatchObject(complete);
  await scene.watch.until('ready', pair(1, 2));
  expect(scene.watch.asked()).toEqual([pair(3, 0), pair(3, 2), pair(1, 2)]);
  const beforeTheDrain = scene.watch.ready().filter(({ stable }) => stable === 3);
  expect(beforeTheDrain.at(-1)).toEqual(pair(3, 2));
});

test.concurrent(
  'a quota with room for one more pod makes more rounds, and takes nothing from capacity',
  async () => {
    const scene = await aScene(cluster(), 3);
    await limit(cluster(), scene.target, 'small', { pods: '4' });
    expect(await shiftTo(cluster(), scene, pair(1, 2), { room: 1 })).toMatchObject(complete);
    await scene.watch.until('ready', pair(1, 2));
    expect(lowest(scene)).toBe(3);
    expect(scene.watch.asked()).toEqual([pair(3, 0), pair(3, 1), pair(2, 1), pair(2, 2), pair(1, 2)]);
  },
);

test.concurrent(
  'a quota that nobody counted with ends the shift before anything is drained, and is named',
  async () => {
    const scene = await aScene(cluster(), 3);
    await limit(cluster(), scene.target, 'small', { pods: '4' });
    const result = await shiftTo(cluster(), scene, pair(1, 2), { timeoutSeconds: 60 });
    expect(result).toMatchObject({ outcome: expect.stringMatching(/^(timedOut|failed)$/) });
    expect(JSON.stringify(result)).toContain('exceeded quota: small');
    expect(lowest(scene)).toBe(3);
    expect(scene.watch.asked()).toEqual([pair(3, 0), pair(3, 2)]);
  },
);

test.concurrent.each([
  { canaryTag: '4.1.0-never-ready', outcome: 'timedOut', says: canary },
  { canaryTag: '4.1.0-no-image', outcome: 'failed', says: 'not found' },
  { canaryTag: '4.1.0-crash', outcome: 'failed', says: 'CrashLoopBackOff' },
])(
  'pods of $canaryTag end the shift as $outcome while all the old ones still serve',
  async ({ canaryTag, outcome, says }) => {
    // No rule tells of its readiness before the time is over.
    const scene = await aScene(cluster(), 2, { canaryTag, probe: { failureThreshold: 60 } });
    const timeoutSeconds = outcome === 'timedOut' ? 12 : 150;
    const result = await shiftTo(cluster(), scene, pair(1, 1), { timeoutSeconds });
    expect(result).toMatchObject({ outcome });
    expect(JSON.stringify(result)).toContain(says);
    expect(scene.watch.ready()).toEqual([pair(2, 0)]);
    expect(scene.watch.asked()).toEqual([pair(2, 0), pair(2, 1)]);
    // What never served is waited for by nobody on the way back.
    expect(await shiftTo(cluster(), scene, pair(2, 0), { withdraw: { minimum: 2 } })).toMatchObject(complete);
    expect(scene.watch.ready()).toEqual([pair(2, 0)]);
  },
);

test.concurrent('a repeated shift writes nothing', async () => {
  const scene = await aScene(cluster(), 2);
  await shiftTo(cluster(), scene, pair(1, 1));
  await scene.watch.until('ready', pair(1, 1));
  const before = await written(scene);
  scene.watch.restart();
  expect(await shiftTo(cluster(), scene, pair(1, 1))).toMatchObject(complete);
  expect(await written(scene)).toEqual(before);
  expect(scene.watch.seen()).toEqual([
    { what: 'ready', pair: pair(1, 1) },
    { what: 'asked', pair: pair(1, 1) },
  ]);
});

/** Generations count every change of a spec; the Service has none. */
async function written({ target }: Scene): Promise<unknown> {
  const { namespace } = target.environment;
  const core = coreOf(cluster());
  const service = await core.readNamespacedService({ name: workload, namespace });
  const pods = await core.listNamespacedPod({ namespace });
  return {
    generations: [
      (await readDeployment(cluster(), namespace)).metadata?.generation,
      (await readNamed(cluster(), target, canary)).metadata?.generation,
    ],
    service: service.metadata?.resourceVersion,
    pods: pods.items
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata?.name)
      .sort(),
  };
}

test.concurrent.each([
  { moment: 'its new pods start', asked: pair(3, 2) },
  { moment: 'the old ones go', asked: pair(1, 2) },
])(
  'cancelled while $moment, a shift stops where it is; repeated, it goes on from there',
  async ({ asked }) => {
    const scene = await aScene(cluster(), 3, { podAnnotations: { 'stand-in.local/start-delay': '4s' } });
    const env = environment();
    const shift = env.run(shiftsOf(cluster().config).shiftTraffic, inputOf(scene, pair(1, 2)));
    await scene.watch.until('asked', asked);
    expect(await stopped(env, shift)).toBeInstanceOf(CancelledFailure);
    expect(scene.watch.asked().at(-1)).toEqual(asked);
    expect(await shiftTo(cluster(), scene, pair(1, 2))).toMatchObject(complete);
    await scene.watch.until('ready', pair(1, 2));
    expect(lowest(scene)).toBe(3);
    expect(scene.watch.asked()).toEqual([pair(3, 0), pair(3, 2), pair(1, 2)]);
  },
);

test.concurrent.each([
  {
    minimum: 1,
    words: 'leaves at once where stable alone meets the declared minimum',
    asked: [pair(1, 2), pair(1, 0), pair(3, 0)],
    least: 1,
  },
  {
    minimum: 3,
    words: 'leaves after stable is whole where it does not',
    asked: [pair(1, 2), pair(3, 2), pair(3, 0)],
    least: 3,
  },
])('a canary that failed $words', async ({ minimum, asked, least }) => {
  const scene = await aScene(cluster(), 3);
  await shiftTo(cluster(), scene, pair(1, 2));
  await scene.watch.until('ready', pair(1, 2));
  scene.watch.restart();
  expect(await shiftTo(cluster(), scene, pair(3, 0), { withdraw: { minimum } })).toMatchObject(complete);
  await scene.watch.until('ready', pair(3, 0));
  expect(scene.watch.asked()).toEqual(asked);
  expect(lowest(scene)).toBe(least);
});

test.concurrent(
  'a canary of which nodes take only a part leaves in rounds of what does fit, and takes nothing from capacity',
  async () => {
    // Pods of a quarter of a node's 16 processors each: one more than the replicas fits.
    const { pod } = await aNode(cluster());
    const scene = await aScene(cluster(), 3, { pod, cpu: '4' });
    expect(await shiftTo(cluster(), scene, pair(2, 1))).toMatchObject(complete);
    expect(await shiftTo(cluster(), scene, pair(0, 3), { timeoutSeconds: 25 })).toMatchObject({
      outcome: 'timedOut',
      rule: 'unschedulable',
    });
    expect(scene.watch.asked().at(-1)).toEqual(pair(2, 3));
    scene.watch.restart();
    expect(await shiftTo(cluster(), scene, pair(3, 0), { withdraw: { minimum: 3 } })).toMatchObject(complete);
    await scene.watch.until('ready', pair(3, 0));
    expect(lowest(scene)).toBeGreaterThanOrEqual(3);
    // What no node took goes first; then each pod of stable has its place before one of the canary goes.
    expect(scene.watch.asked()).toEqual([
      ...[pair(2, 3), pair(2, 2), pair(3, 2), pair(2, 2)],
      ...[pair(2, 1), pair(3, 1), pair(3, 0)],
    ]);
  },
);

test.concurrent(
  'an image that a person set in the middle ends the shift before anything is drained',
  async () => {
    const scene = await aScene(cluster(), 2, { podAnnotations: { 'stand-in.local/start-delay': '4s' } });
    const { namespace } = scene.target.environment;
    const shift = shiftTo(cluster(), scene, pair(1, 1));
    await scene.watch.until('asked', pair(2, 1));
    await appsOf(cluster()).patchNamespacedDeployment({
      name: canary,
      namespace,
      body: [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image('9.9.9') }],
    });
    expect(await shift).toMatchObject({ outcome: 'changed', reason: expect.stringContaining('9.9.9') });
    expect(scene.watch.asked().at(-1)).toEqual(pair(2, 1));
    expect(lowest(scene)).toBeGreaterThanOrEqual(2);
  },
);

test.concurrent('an autoscaler that the release holds follows each number of stable pods', async () => {
  const scene = await aScene(cluster(), 3, { autoscaler: true });
  const { target } = scene;
  const key = 'release-1/pause';
  const limits = async () => {
    const { minReplicas, maxReplicas } = (await readAutoscaler(cluster(), target)).spec ?? {};
    return [minReplicas, maxReplicas];
  };
  for (const to of [pair(2, 1), pair(1, 2)]) {
    expect(await shiftTo(cluster(), scene, to, { autoscalerKey: key })).toMatchObject(complete);
    expect(await limits()).toEqual([to.stable, to.stable]);
  }
  expect(await shiftTo(cluster(), scene, pair(3, 0), { autoscalerKey: key })).toMatchObject(complete);
  expect(lowest(scene)).toBe(3);
  const { restoreAutoscaler } = shiftsOf(cluster().config);
  expect(await environment().run(restoreAutoscaler, { target })).toEqual({ outcome: 'restored' });
  expect(await limits()).toEqual([3, 10]);
});

/** Where a row of numbers goes down. */
function falls(counts: readonly number[]): readonly string[] {
  return counts.flatMap((count, index) => {
    const before = counts[index - 1] ?? count;
    return count < before ? [`${String(before)} → ${String(count)}`] : [];
  });
}
