/** A cluster of its own, because its kinds change. What KEDA's operator does, these tests do. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AutoscalingV2Api, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { releasePermissions } from '../../../src/activities/kubernetes/permissions.ts';
import { trackPermissions } from '../../../src/activities/kubernetes/track-permissions.ts';
import type { PausedAutoscaler } from '../../../src/activities/kubernetes/types.ts';
import type { Target } from '../../../src/domain/target.ts';
import { clusterActivities } from '../../../src/worker/activities.ts';
import { startCluster } from '../../../local/cluster.ts';
import type { Cluster } from '../../../local/cluster.ts';
import { startStandIn } from '../../../local/stand-in.ts';
import type { TestCluster } from '../../support/cluster.ts';
import { toolsFolder } from '../../support/cluster.ts';
import { installKeda, scaledObjects } from '../../support/keda.ts';
import { untilSeen } from '../../support/cluster-watch.ts';
import { accountWith } from './account.ts';
import { activitiesOf, image, run, workload } from './bench.ts';
import { shiftsOf } from './shift-bench.ts';
import { canaryOf, installed, tracksOf } from './tracks-bench.ts';

let local: Cluster;
let stopStandIn = async (): Promise<void> => {};
const config = new KubeConfig();
const cluster = (): TestCluster => ({ kubeconfig: local.kubeconfig, config });
const paused = 'autoscaling.keda.sh/paused';
const pausedReplicas = 'autoscaling.keda.sh/paused-replicas';
const name = 'shop-load';
const input = { replicas: 2, key: 'release-1/pause' };

interface ScaledObject {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status?: unknown;
}

const objects = (): CustomObjectsApi => cluster().config.makeApiClient(CustomObjectsApi);

beforeAll(async () => {
  local = await startCluster({ bin: toolsFolder(), contexts: ['test-cluster'] });
  const standIn = await startStandIn({ kubeconfig: local.kubeconfig, workDir: local.folder });
  stopStandIn = () => standIn.stop();
  config.loadFromFile(local.kubeconfig);
});

afterAll(async () => {
  await stopStandIn();
  await local.stop();
});

/** What a pause answers in a cluster before it knows KEDA, and just after. */
let arrival: Promise<{ readonly listed: unknown; readonly pauses: readonly unknown[] }> | undefined;
function kedaArrives() {
  arrival ??= (async () => {
    const target = await installed(cluster());
    const { namespace } = target.environment;
    const list = objects().listNamespacedCustomObject({ ...scaledObjects, namespace });
    const listed: unknown = await list.catch((error: unknown) => error);
    const { pauseAutoscaler } = tracksOf(cluster().config);
    const before = await run(pauseAutoscaler, { target, ...input });
    await installKeda(cluster());
    return { listed, pauses: [before, await run(pauseAutoscaler, { target, ...input })] };
  })();
  return arrival;
}

async function scaledTarget(annotations: Readonly<Record<string, string>> = {}): Promise<Target> {
  await kedaArrives();
  const target = await installed(cluster());
  const { namespace } = target.environment;
  const body = {
    apiVersion: `${scaledObjects.group}/${scaledObjects.version}`,
    kind: 'ScaledObject',
    metadata: { name, annotations },
    spec: { scaleTargetRef: { name: workload }, maxReplicaCount: 8 },
  };
  await objects().createNamespacedCustomObject({ ...scaledObjects, namespace, body });
  return target;
}

async function read({ environment }: Target): Promise<ScaledObject> {
  const found: unknown = await objects().getNamespacedCustomObject({
    ...scaledObjects,
    name,
    namespace: environment.namespace,
  });
  return found as ScaledObject;
}

async function annotationsOf(target: Target): Promise<Readonly<Record<string, string>>> {
  return (await read(target)).metadata.annotations ?? {};
}

async function annotate({ environment }: Target, annotation: string, value: string): Promise<void> {
  const path = `/metadata/annotations/${annotation.replace('/', '~1')}`;
  const { namespace } = environment;
  const body = [{ op: 'add', path, value }];
  await objects().patchNamespacedCustomObject({ ...scaledObjects, namespace, name, body });
}

async function createHpa(target: Target, hpaName: string, owner?: ScaledObject): Promise<void> {
  const uid = owner?.metadata.uid;
  const owned = {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    name,
    uid: uid ?? '',
    controller: true,
  };
  await cluster()
    .config.makeApiClient(AutoscalingV2Api)
    .createNamespacedHorizontalPodAutoscaler({
      namespace: target.environment.namespace,
      body: {
        metadata: { name: hpaName, ...(uid === undefined ? {} : { ownerReferences: [owned] }) },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: workload },
          maxReplicas: 8,
        },
      },
    });
}

async function pause(target: Target, as = config): Promise<PausedAutoscaler> {
  const answer = await run(tracksOf(as).pauseAutoscaler, { target, ...input });
  if (answer === undefined) throw new Error('no autoscaler');
  return answer;
}

async function restore(target: Target, answer: PausedAutoscaler, as = config): Promise<string> {
  return (await run(tracksOf(as).restoreAutoscaler, { target, paused: answer })).outcome;
}

test.concurrent('a cluster that does not know KEDA has no ScaledObject to pause', async () => {
  const { listed, pauses } = await kedaArrives();
  expect(listed).toMatchObject({ code: 404 });
  expect(pauses).toEqual([undefined, undefined]);
});

test.concurrent(
  'a ScaledObject is paused once, repeated calls answer the same, and it comes back exactly',
  async () => {
    const target = await scaledTarget({ 'example.com/team': 'shop' });
    const answer = await pause(target);
    expect(answer).toEqual({
      kind: 'ScaledObject',
      name,
      written: { [paused]: 'true' },
      recorded: { [paused]: null, [pausedReplicas]: null },
    });
    expect(await annotationsOf(target)).toMatchObject({ [paused]: 'true' });
    expect(await pause(target)).toEqual(answer);
    expect(await restore(target, answer)).toBe('restored');
    expect(await annotationsOf(target)).toEqual({ 'example.com/team': 'shop' });
    expect(await restore(target, answer)).toBe('alreadyThere');
  },
);

test.concurrent(
  'one that a person had paused at a number does not scale to it meanwhile, and is paused so again',
  async () => {
    const target = await scaledTarget({ [pausedReplicas]: '5' });
    const answer = await pause(target);
    expect(await annotationsOf(target)).not.toHaveProperty([pausedReplicas]);
    expect(await restore(target, answer)).toBe('restored');
    expect(await annotationsOf(target)).toEqual({ [pausedReplicas]: '5' });
  },
);

test.concurrent('one that a person switches meanwhile stays as they want it', async () => {
  const target = await scaledTarget();
  const answer = await pause(target);
  await annotate(target, paused, 'false');
  expect(await pause(target)).toEqual(answer);
  expect(await restore(target, answer)).toBe('leftAlone');
  expect(await annotationsOf(target)).toEqual({ [paused]: 'false' });
});

test.concurrent(
  'KEDA’s own autoscaler is not pinned but waited for until KEDA has removed it, with the least rights',
  async () => {
    const target = await scaledTarget();
    const { namespace } = target.environment;
    const rights = [...releasePermissions, ...trackPermissions];
    const least = await accountWith(cluster(), namespace, 'least', rights);
    const keda = `keda-hpa-${name}`;
    await createHpa(target, keda, await read(target));
    let isPaused = false;
    const answer = pause(target, least).finally(() => (isPaused = true));
    await untilSeen<ScaledObject>(
      cluster(),
      { path: `/apis/keda.sh/v1alpha1/namespaces/${namespace}/scaledobjects`, wish: 'it is paused' },
      ({ metadata }) => metadata.annotations?.[paused] === 'true',
    );
    expect(isPaused).toBe(false);
    const autoscaling = cluster().config.makeApiClient(AutoscalingV2Api);
    const { spec } = await autoscaling.readNamespacedHorizontalPodAutoscaler({ name: keda, namespace });
    expect(spec).toMatchObject({ minReplicas: 1, maxReplicas: 8 });
    await autoscaling.deleteNamespacedHorizontalPodAutoscaler({ name: keda, namespace });
    expect(await answer).toMatchObject({ kind: 'ScaledObject', name });
    expect(await restore(target, await answer, least)).toBe('restored');
  },
);

test.concurrent(
  'a ScaledObject and an autoscaler of somebody’s own on one Deployment are refused',
  async () => {
    const target = await scaledTarget();
    await createHpa(target, workload);
    await expect(pause(target)).rejects.toMatchObject({
      type: 'ReleaseRefused',
      nonRetryable: true,
      message: expect.stringContaining('ScaledObject shop-load and HorizontalPodAutoscaler tensafe-server'),
    });
    expect(await annotationsOf(target)).toEqual({});
  },
);

test.concurrent(
  'pre-flight counts a ScaledObject and its own HPA as one autoscaler, and a foreign HPA as a second',
  async () => {
    const target = await scaledTarget();
    const look = async () => {
      const { preflight } = activitiesOf(cluster().config);
      const { observed } = await run(preflight, { target, image: image('4.1.0'), strategy: 'canary' });
      return observed?.surroundings?.autoscalers;
    };
    await createHpa(target, `keda-hpa-${name}`, await read(target));
    const free = { 'autoscaling.keda.sh/paused': null, 'autoscaling.keda.sh/paused-replicas': null };
    expect(await look()).toEqual([{ kind: 'ScaledObject', name, settings: free }]);
    await createHpa(target, 'somebody-elses');
    expect(await look()).toMatchObject([
      { kind: 'ScaledObject', name },
      { kind: 'HorizontalPodAutoscaler', name: 'somebody-elses' },
    ]);
  },
);

test.concurrent(
  'a shift between versions keeps a ScaledObject paused and writes nothing more to it',
  async () => {
    const target = await scaledTarget();
    const { namespace } = target.environment;
    const { createTrack, shiftTraffic, deleteTrack, restoreAutoscaler } = shiftsOf(config);
    await pause(target);
    const { resourceVersion } = (await read(target)).metadata;
    await run(createTrack, canaryOf(target, { replicas: 0 }));
    const images = { stable: image('4.0.0'), canary: image('4.1.0') };
    const shift = { target, images, autoscalerKey: input.key, timeoutSeconds: 180 };
    for (const to of [
      { stable: 1, canary: 1 },
      { stable: 2, canary: 0 },
    ])
      expect(await run(shiftTraffic, { ...shift, to })).toMatchObject({ outcome: 'complete' });
    expect((await read(target)).metadata.resourceVersion).toBe(resourceVersion);
    const { items } = await cluster()
      .config.makeApiClient(AutoscalingV2Api)
      .listNamespacedHorizontalPodAutoscaler({ namespace });
    expect(items).toEqual([]);
    await run(deleteTrack, { target, track: 'canary' });
    // As a return does that knows only what the ScaledObject carries.
    expect(await run(restoreAutoscaler, { target })).toEqual({ outcome: 'restored' });
    expect(await annotationsOf(target)).toEqual({});
  },
);

test.concurrent.each([
  { strategy: 'standard', asks: false },
  { strategy: 'rollback', asks: false },
  { strategy: 'canary', asks: true },
  { strategy: 'blueGreen', asks: true },
] as const)('the right to pause KEDA is asked for by a $strategy: $asks', async ({ strategy, asks }) => {
  const target = await scaledTarget();
  const all = [...releasePermissions, ...trackPermissions];
  const rights = all.filter(({ group }) => group !== 'keda.sh');
  const as = await accountWith(cluster(), target.environment.namespace, `without-keda-${strategy}`, rights);
  const { preflight } = clusterActivities({ kubeConfig: as, helm: 'helm', configFile: '/shop/fairway.yaml' });
  const { problems } = await run(preflight, { target, image: image('4.1.0'), strategy });
  expect(problems.some(({ message }) => message.includes('scaledobjects'))).toBe(asks);
});
