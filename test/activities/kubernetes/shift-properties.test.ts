/**
 * What must hold in every story of a canary, on the real API server. Each run draws other stories; their
 * seed stands in the titles, and `FAIRWAY_SEED=<seed>` draws the same ones again (`FAIRWAY_RUNS`: more).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { AutoscalingV2Api, type V1Pod } from '@kubernetes/client-node';
import type { ReplicaPair } from '../../../src/domain/track.ts';
import { podsOf, replicaPair } from '../../../src/domain/weights.ts';
import { useLocalCluster } from '../../support/cluster.ts';
import { untilAPod, isReady } from '../../support/cluster-pods.ts';
import { appsOf, coreOf, environment, readDeployment, run, workload } from './bench.ts';
import {
  aScene,
  canary,
  inputOf,
  lowest,
  shiftsOf,
  shiftTo,
  stopped,
  type Change,
  type Scene,
} from './shift-bench.ts';
import { situations, type Situation } from './shift-situations.ts';

const cluster = useLocalCluster();
const seed = Number(process.env['FAIRWAY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env['FAIRWAY_RUNS'] ?? 6);
const key = 'release-1/pause';
/** Enough for pods that come; short, for those that will not. */
const brokenTimeoutSeconds = 4;

const settlingMilliseconds = 100;
/** On a machine that is busy with much else. */
const caseMilliseconds = 300_000;

const cases = situations(seed, runs).map((situation) => ({ situation, words: JSON.stringify(situation) }));

test.concurrent.each(cases)(
  `fewer never serve than promised, and all of it can be repeated and undone: seed ${String(seed)}, $words`,
  async ({ situation }) => {
    const { replicas, weights, interruptions, breaksAfter, autoscaler, room } = situation;
    const scene = await aScene(cluster(), replicas, { autoscaler });
    const recorded = await stateOf(scene);
    const change: Change = {
      ...(room === undefined ? {} : { room }),
      ...(autoscaler ? { autoscalerKey: key } : {}),
    };
    let broken = 0;
    for (const [index, weight] of weights.entries()) {
      const to = replicaPair(weight, replicas);
      if (broken > 0) {
        await refuses(scene, to, change, replicas - broken);
        break;
      }
      await rises(scene, to, { change, interruption: interruptions[index] ?? 0, replicas });
      if (weight < 100 && replicas > 1) expect(Math.min(to.stable, to.canary)).toBeGreaterThan(0);
      if (index === breaksAfter) broken = await breakOne(scene, to);
    }
    await returns(scene, situation, change, broken);
    expect(await stateOf(scene)).toEqual(recorded);
  },
  caseMilliseconds,
);

interface Rise {
  readonly change: Change;
  readonly interruption: number;
  readonly replicas: number;
}

async function rises(scene: Scene, to: ReplicaPair, { change, interruption, replicas }: Rise): Promise<void> {
  const { watch } = scene;
  watch.restart();
  await interrupted(scene, to, change, interruption);
  expect(await shiftTo(cluster(), scene, to, change)).toMatchObject({ outcome: 'complete' });
  await watch.until('ready', to);
  expect(lowest(scene)).toBeGreaterThanOrEqual(replicas);
  for (const states of [watch.ready(), watch.asked()]) {
    const counts = states.map((pair) => pair.canary);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  }
  await repeatsNothing(scene, () => shiftTo(cluster(), scene, to, change));
}

/** With a canary pod that serves no more, a higher weight drains nobody: it cannot be proven. */
async function refuses(scene: Scene, to: ReplicaPair, change: Change, serving: number): Promise<void> {
  const { watch } = scene;
  watch.restart();
  const [before] = watch.asked();
  const isThere = before?.stable === to.stable && before.canary === to.canary;
  const timeoutSeconds = brokenTimeoutSeconds;
  const result = await shiftTo(cluster(), scene, to, { ...change, timeoutSeconds });
  expect(result).toMatchObject({ outcome: expect.stringMatching(/^(timedOut|failed)$/) });
  expect(lowest(scene)).toBeGreaterThanOrEqual(serving);
  if (!isThere) expect(Math.min(...watch.asked().map(({ stable }) => stable))).toBe(before?.stable);
}

/** The return of a canary's release: pods, track, autoscaler; each of it twice. */
async function returns(
  scene: Scene,
  { replicas, minimum, interruptions }: Situation,
  change: Change,
  broken: number,
): Promise<void> {
  const { watch, target } = scene;
  const tracks = shiftsOf(cluster().config);
  const back = { stable: replicas, canary: 0 };
  const withdrawal = { ...change, withdraw: { minimum } };
  watch.restart();
  await interrupted(scene, back, withdrawal, interruptions.at(-1) ?? 0);
  expect(await shiftTo(cluster(), scene, back, withdrawal)).toMatchObject({ outcome: 'complete' });
  await watch.until('ready', back);
  // The canary leaves at once from where stable alone is enough, which it may come to on the way.
  const enough = Math.max(1, Math.min(minimum, replicas));
  const tooFew = watch.ready().filter((pair) => podsOf(pair) < replicas - broken && pair.stable < enough);
  expect(tooFew).toEqual([]);
  await repeatsNothing(scene, () => shiftTo(cluster(), scene, back, withdrawal));
  expect(await run(tracks.deleteTrack, { target, track: 'canary' })).toEqual({ deleted: true });
  expect(await run(tracks.deleteTrack, { target, track: 'canary' })).toEqual({ deleted: false });
  await run(tracks.restoreAutoscaler, { target });
  expect(await run(tracks.restoreAutoscaler, { target })).toEqual({ outcome: 'alreadyThere' });
}

/** As when its worker goes away: after so many changes of the cluster, wherever that is. */
async function interrupted(scene: Scene, to: ReplicaPair, change: Change, changes: number): Promise<void> {
  const env = environment();
  const shift = env.run(shiftsOf(cluster().config).shiftTraffic, inputOf(scene, to, change));
  await Promise.race([shift, scene.watch.untilChanges(changes)]);
  await stopped(env, shift);
}

async function repeatsNothing(scene: Scene, again: () => Promise<unknown>): Promise<void> {
  const before = await specsOf(scene);
  expect(await again()).toMatchObject({ outcome: 'complete' });
  expect(await specsOf(scene)).toEqual(before);
}

/** Answers how many pods serve no more. */
async function breakOne(scene: Scene, to: ReplicaPair): Promise<number> {
  const { namespace } = scene.target.environment;
  const isOfCanary = ({ metadata }: V1Pod) => metadata?.name?.startsWith(`${canary}-`) === true;
  const wish = { namespace, wish: 'a ready canary pod' };
  const pod = await untilAPod(cluster(), wish, (each) => isOfCanary(each) && isReady(each));
  await coreOf(cluster()).patchNamespacedPod({
    name: pod.metadata?.name ?? '',
    namespace,
    body: [{ op: 'add', path: '/metadata/annotations/stand-in.local~1behaviour', value: 'never-ready' }],
  });
  await scene.watch.until('ready', { stable: to.stable, canary: to.canary - 1 });
  return 1;
}

/** Everything of the target that a release must leave as it was. */
async function stateOf({ target }: Scene): Promise<unknown> {
  const { namespace } = target.environment;
  const { items: autoscalers } = await cluster()
    .config.makeApiClient(AutoscalingV2Api)
    .listNamespacedHorizontalPodAutoscaler({ namespace });
  const deployment = await readDeployment(cluster(), namespace);
  const { items: deployments } = await appsOf(cluster()).listNamespacedDeployment({ namespace });
  return {
    deployment: [deployment.metadata?.uid, deployment.metadata?.labels, deployment.metadata?.annotations],
    spec: deployment.spec,
    service: (await coreOf(cluster()).readNamespacedService({ name: workload, namespace })).spec,
    autoscalers: autoscalers.map(({ metadata, spec }) => [metadata?.annotations, spec]),
    others: deployments.map(({ metadata }) => metadata?.name).filter((name) => name !== canary),
  };
}

/** Generations count every change of a spec; pods that go are gone. Waits until controllers have done what is asked. */
async function specsOf({ target }: Scene): Promise<unknown> {
  const { namespace } = target.environment;
  for (;;) {
    const { items } = await appsOf(cluster()).listNamespacedDeployment({ namespace });
    const { items: pods } = await coreOf(cluster()).listNamespacedPod({ namespace });
    const staying = pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
    const asked = items.reduce((sum, { spec }) => sum + (spec?.replicas ?? 1), 0);
    if (staying.length === asked) {
      return {
        generations: items.map(({ metadata }) => [metadata?.name, metadata?.generation]),
        pods: staying.map(nameOf).sort(),
      };
    }
    await sleep(settlingMilliseconds);
  }
}

function nameOf({ metadata }: V1Pod): string | undefined {
  return metadata?.name;
}
