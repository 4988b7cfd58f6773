/** A way back that takes no pods away, by the real helm. */
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHelmActivities, createHelmReader } from '../../../src/activities/helm/index.ts';
import type { HelmActivities, UndoneChange } from '../../../src/activities/helm/types.ts';
import { createClusterClients } from '../../../src/activities/kubernetes/clients.ts';
import { leavingRevision } from '../../../src/activities/kubernetes/left-revisions.ts';
import { readRunning } from '../../../src/activities/kubernetes/running.ts';
import { useCluster } from '../../support/cluster.ts';
import { eventually } from '../../support/eventually.ts';
import { createHelmSandbox, helmBinary, inActivity, type HelmSandbox } from './helm-sandbox.ts';

const cluster = useCluster();
let sandbox: HelmSandbox;
let activities: HelmActivities;

beforeEach(async () => {
  sandbox = await createHelmSandbox(cluster());
  const clients = createClusterClients(cluster().config, sandbox.cluster);
  activities = createHelmActivities({
    binary: helmBinary(),
    kubeconfig: sandbox.kubeconfig,
    running: (target) => readRunning(clients, target),
    leaving: (target) => leavingRevision(clients, target),
  });
  await sandbox.helm(
    ...['install', 'tensafe', sandbox.chart, '--set-string', 'image.tag=4.0.0'],
    ...['--set-string', 'config.GREETING=\\{\\{ .Values.greeting \\}\\}'],
  );
});

afterEach(() => sandbox.remove());

function upgrade(tag: string) {
  const call = { target: sandbox.target(), tag, key: 'release-1/run/update' };
  return inActivity(() => activities.upgradeHelmRelease(call));
}

function rollBack(revision: number, undoes?: UndoneChange) {
  const call = { target: sandbox.target(), revision, key: 'release-1/run/rollback' };
  return inActivity(() => activities.rollBackHelmRelease(undoes === undefined ? call : { ...call, undoes }));
}

/** Folders that rollbacks on this machine write their charts to. */
async function charts(): Promise<readonly string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('fairway-rollback-'));
}

const undoes: UndoneChange = { after: 1, run: 'release-1/run', replicas: 3 };

async function scale(replicas: number): Promise<void> {
  const { apps, namespace } = sandbox;
  await apps.patchNamespacedDeployment({
    name: 'tensafe-server',
    namespace,
    body: [{ op: 'replace', path: '/spec/replicas', value: replicas }],
  });
}

async function deployment() {
  const { apps, namespace } = sandbox;
  const { metadata, spec } = await apps.readNamespacedDeployment({ name: 'tensafe-server', namespace });
  const left = metadata?.annotations?.['fairway.dev/left-revisions'];
  return { generation: metadata?.generation ?? 0, replicas: spec?.replicas, left };
}

test.each<[string, UndoneChange | undefined]>([
  ['a rollback', undefined],
  ['an undo', undoes],
])('%s keeps the pods that somebody added since, and all else is as it was', async (_who, of) => {
  await upgrade('4.1.0');
  const { core, namespace, helm } = sandbox;
  await core.patchNamespacedConfigMap({
    name: 'tensafe-config',
    namespace,
    body: [{ op: 'replace', path: '/data/GREETING', value: 'changed' }],
  });
  await scale(10);
  const before = await deployment();
  const chartsBefore = await charts();

  const result = await rollBack(1, of);

  expect(result).toEqual({
    revision: 3,
    chart: 'tensafe-1.0.0',
    held: { kept: 10, insteadOf: 3 },
  });
  // One write of helm's, and so at no moment another number; the mark of what was left counts, too.
  expect(await deployment()).toEqual({ replicas: 10, generation: before.generation + 2, left: '2' });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.0.0');
  const config = await core.readNamespacedConfigMap({ name: 'tensafe-config', namespace });
  expect(config.data).toMatchObject({ GREETING: '{{ .Values.greeting }}' });
  const stored = await helm('get', 'manifest', 'tensafe', '--revision', '1');
  const body = (manifest: string) => manifest.replaceAll(/^# Source: .*\n/gm, '').trim();
  expect(body(await helm('get', 'manifest', 'tensafe'))).toBe(
    body(stored).replace('replicas: 3', 'replicas: 10'),
  );
  const values = ['get', 'values', 'tensafe', '--output', 'json'];
  expect(await helm(...values)).toBe(await helm(...values, '--revision', '1'));
  expect((await sandbox.history()).at(-1)).toEqual({
    revision: 3,
    status: 'deployed',
    description: 'Rollback to 1: 10 replicas kept instead of 3',
  });
  // Those of other processes come and go.
  await eventually(charts, (left) => left.every((name) => chartsBefore.includes(name)));

  expect(await rollBack(1, of)).toEqual(result);
  expect(await sandbox.history()).toHaveLength(3);
});

test('Helm goes on from what such a rollback left: by upgrade, by hand, and back to it', async () => {
  await upgrade('4.1.0');
  await scale(10);
  await rollBack(1);
  const reader = createHelmReader({ binary: helmBinary(), kubeconfig: sandbox.kubeconfig });
  // What pre-flight refuses an upgrade by: the values know nothing of the ten.
  expect(await reader.renderUpgrade(sandbox.target(), '4.2.0')).toMatchObject({
    ok: true,
    deployment: { image: 'tensafe/server:4.2.0', replicas: 3 },
  });

  await sandbox.helm('upgrade', 'tensafe', sandbox.chart, '--reuse-values', '--set', 'replicaCount=10');
  expect(await deployment()).toMatchObject({ replicas: 10 });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.0.0');
  await upgrade('4.2.0');
  await sandbox.helm('rollback', 'tensafe', '3');
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.0.0');
  expect(await deployment()).toMatchObject({ replicas: 10 });
});

test('pods that the new chart set no number of are kept where the old one set one', async () => {
  await upgrade('4.1.0');
  await sandbox.helm(
    'upgrade',
    'tensafe',
    sandbox.chart,
    '--reuse-values',
    '--set',
    'autoscaling.enabled=true',
  );
  await scale(4);
  expect(await rollBack(1)).toMatchObject({ held: { kept: 4, insteadOf: 3 } });
  expect(await deployment()).toMatchObject({ replicas: 4 });
});

test('where the wanted revision leaves the number out, Kubernetes does not get to put 1 there', async () => {
  await sandbox.helm(
    'upgrade',
    'tensafe',
    sandbox.chart,
    '--reuse-values',
    '--set',
    'autoscaling.enabled=true',
  );
  await scale(4);
  await sandbox.helm(
    ...['upgrade', 'tensafe', sandbox.chart, '--reuse-values'],
    ...['--set', 'autoscaling.enabled=false', '--set', 'replicaCount=4'],
  );
  expect(await rollBack(2)).toMatchObject({ held: { kept: 4, insteadOf: 1 } });
  expect(await deployment()).toMatchObject({ replicas: 4 });
});

test('pods that the release itself added go with it, and fewer pods than before are no reason to hold', async () => {
  await sandbox.helm(
    ...['upgrade', 'tensafe', sandbox.chart, '--reuse-values', '--set', 'replicaCount=5'],
    ...['--description', 'Fairway: 4.1.0 [release-1/run/update]'],
  );
  expect(await deployment()).toMatchObject({ replicas: 5 });
  expect(await rollBack(1, undoes)).toEqual({ revision: 3, chart: 'tensafe-1.0.0' });
  expect(await deployment()).toMatchObject({ replicas: 3 });

  await upgrade('4.1.0');
  await scale(2);
  expect(await rollBack(3)).toEqual({ revision: 5, chart: 'tensafe-1.0.0' });
  expect(await deployment()).toMatchObject({ replicas: 3 });
});
