import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AppsV1Api, CoreV1Api, type V1Pod, type V1PolicyRule } from '@kubernetes/client-node';
import type { VerificationCluster } from '../../../src/activities/verification/cluster.ts';
import { verificationPermissions } from '../../../src/activities/verification/permissions.ts';
import type { CheckSpec, Reach } from '../../../src/domain/check.ts';
import { aNamespace, useCluster } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { serviceAccountWith } from '../../support/service-account.ts';
import { health, kubectl, realCluster, rolledOut, runbookChecks, targetIn, verify } from './bench.ts';

const cluster = useCluster();
const name = 'tensafe-server';

async function install(tag = '4.1.0', replicas = 2): Promise<string> {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag, replicas });
  await rolledOut(cluster(), namespace);
  return namespace;
}

function podsIn(namespace: string): Promise<V1Pod[]> {
  const core = cluster().config.makeApiClient(CoreV1Api);
  return core.listNamespacedPod({ namespace }).then(({ items }) => items);
}

function nameOf(pod: V1Pod | undefined): string {
  return pod?.metadata?.name ?? '';
}

/** A second, broken workload whose pods carry all the labels of the first. */
async function installNeighbour(namespace: string): Promise<void> {
  const apps = cluster().config.makeApiClient(AppsV1Api);
  const { spec } = await apps.readNamespacedDeployment({ namespace, name });
  if (spec?.template.metadata === undefined) throw new Error('the Deployment has no template');
  const labels = { ...spec.template.metadata.labels, 'app.kubernetes.io/component': 'worker' };
  const podSpec = spec.template.spec;
  const [container] = podSpec?.containers ?? [];
  if (podSpec === undefined || container === undefined) throw new Error('the Deployment has no container');
  container.image = 'tensafe/server:4.0.0-unhealthy-503';
  await apps.createNamespacedDeployment({
    namespace,
    body: {
      metadata: { name: 'tensafe-worker' },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec },
      },
    },
  });
  await rolledOut(cluster(), namespace, 'tensafe-worker');
}

test.concurrent(
  "completed, evicted, terminating and other workloads' pods neither fail nor get picked",
  async () => {
    const namespace = await install('4.1.0', 3);
    await installNeighbour(namespace);
    const [completed, evicted, leaving] = (await podsIn(namespace)).filter((pod) =>
      nameOf(pod).startsWith(name),
    );
    const setPhase = (pod: V1Pod | undefined, status: object) =>
      kubectl(cluster(), [
        ...['-n', namespace, 'patch', 'pod', nameOf(pod), '--subresource=status', '--type=merge'],
        ...['-p', JSON.stringify({ status })],
      ]);
    await setPhase(completed, { phase: 'Succeeded' });
    await setPhase(evicted, { phase: 'Failed', reason: 'Evicted' });
    await kubectl(cluster(), [
      ...['-n', namespace, 'patch', 'pod', nameOf(leaving), '--type=merge'],
      ...['-p', '{"metadata":{"finalizers":["test.local/hold"]}}'],
    ]);
    await kubectl(cluster(), ['-n', namespace, 'delete', 'pod', nameOf(leaving), '--wait=false']);
    try {
      await rolledOut(cluster(), namespace);
      const report = await verify(realCluster(cluster()), targetIn(namespace, runbookChecks));
      expect(report.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
      expect(report).toMatchObject({ verdict: 'pass', pods: 3 });
      const subjects = report.checks.flatMap(({ evidence }) => evidence.map(({ subject }) => subject));
      expect(subjects.filter((subject) => subject.startsWith('tensafe-worker'))).toEqual([]);
      const pods = report.checks.find((check) => check.name === 'pods');
      expect(
        pods?.evidence
          .slice(3)
          .map(({ detail }) => detail)
          .sort(),
      ).toEqual(['not counted: Evicted', 'not counted: Succeeded', 'not counted: terminating']);
    } finally {
      await kubectl(cluster(), [
        ...['-n', namespace, 'patch', 'pod', nameOf(leaving), '--type=merge'],
        ...['-p', '{"metadata":{"finalizers":null}}'],
      ]);
    }
  },
);

test.concurrent(
  'a pod that is deleted while it is asked is passed over, and its successor asked',
  async () => {
    const namespace = await install('4.1.0', 2);
    const real = realCluster(cluster());
    let deleted: string | undefined;
    const deleting: VerificationCluster = {
      ...real,
      openSocket: async (path, options) => {
        const pod = /\/pods\/([^/]+)\//.exec(path)?.[1] ?? '';
        if (deleted === undefined) {
          deleted = pod;
          await kubectl(cluster(), ['-n', namespace, 'delete', 'pod', pod, '--grace-period=0', '--force']);
        }
        return real.openSocket(path, options);
      },
    };
    const report = await verify(deleting, targetIn(namespace, [health]));
    expect(report).toMatchObject({ verdict: 'pass', pods: 2 });
    const subjects = report.checks[0]?.evidence.map(({ subject }) => subject);
    expect(subjects).toHaveLength(2);
    expect(subjects).not.toContain(deleted);
  },
);

test.concurrent('a target that was just scaled up is judged once its new pods have started', async () => {
  const namespace = await install('4.1.0', 1);
  await kubectl(cluster(), ['-n', namespace, 'scale', 'deployment', name, '--replicas', '3']);
  const report = await verify(realCluster(cluster()), targetIn(namespace, runbookChecks));
  expect(report).toMatchObject({ verdict: 'pass', pods: 3 });
});

test.concurrent('pods that crash fail without waiting for them', async () => {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.1.0-crash', replicas: 1 });
  const wait = ['-n', namespace, 'wait', '--timeout', '150s'];
  await kubectl(cluster(), [...wait, 'deployment', name, '--for=jsonpath={.status.replicas}=1']);
  await kubectl(cluster(), [
    ...[...wait, 'pod', '--all'],
    '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff',
  ]);
  const checks: CheckSpec[] = [
    { kind: 'replicas', name: 'replicas', severity: 'required' },
    { kind: 'pods', name: 'pods', severity: 'required' },
  ];
  const from = performance.now();
  const report = await verify(realCluster(cluster()), targetIn(namespace, checks));
  expect(performance.now() - from).toBeLessThan(30_000);
  expect(report.checks.map(({ verdict }) => verdict)).toEqual(['fail', 'fail']);
  expect(report.checks[1]?.summary).toMatch(/CrashLoopBackOff/);
});

test.concurrent('a target that is scaled to 0 is inconclusive', async () => {
  const namespace = await install('4.1.0', 1);
  await kubectl(cluster(), ['-n', namespace, 'scale', 'deployment', name, '--replicas', '0']);
  const report = await verify(realCluster(cluster()), targetIn(namespace, runbookChecks));
  expect(report.verdict).toBe('inconclusive');
  expect(report.checks.every(({ reason }) => reason === 'noPods')).toBe(true);
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-accounts-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The cluster, as an account sees it that has these rights and no others. */
async function asAccount(
  namespace: string,
  account: string,
  rules: V1PolicyRule[],
): Promise<VerificationCluster> {
  const { config } = await serviceAccountWith(cluster().config, { namespace, name: account, rules, folder });
  return realCluster({ ...cluster(), config });
}

function rulesFor(reach: Reach, without?: string): V1PolicyRule[] {
  return verificationPermissions(reach)
    .filter(({ subresource }) => subresource === undefined || subresource !== without)
    .map(({ group, resource, subresource, verbs }) => ({
      apiGroups: [group],
      resources: [subresource === undefined ? resource : `${resource}/${subresource}`],
      verbs: [...verbs],
    }));
}

test.concurrent.each(['portForward', 'exec'] as const)(
  'the listed rights are enough for reach %s',
  async (reach) => {
    const namespace = await install('4.1.0', 1);
    const restricted = await asAccount(namespace, 'verifier', rulesFor(reach));
    await kubectl(cluster(), ['-n', namespace, 'scale', 'deployment', name, '--replicas', '2']);
    await rolledOut(cluster(), namespace);
    const report = await verify(restricted, targetIn(namespace, runbookChecks, { reach }));
    expect(report.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  },
);

let shared: Promise<string> | undefined;

test.concurrent.each([
  ['portForward', 'portforward', /pods "?.*cannot (get|create) resource "pods\/portforward"/],
  ['exec', 'exec', /cannot (get|create) resource "pods\/exec"/],
  ['proxy', 'proxy', /cannot get resource "pods\/proxy"/],
  ['portForward', 'log', /cannot get resource "pods\/log"/],
] as const)(
  'with reach %s, a missing right on pods/%s is a clear failure',
  async (reach, missing, message) => {
    shared ??= install('4.1.0', 1);
    const namespace = await shared;
    const restricted = await asAccount(namespace, `without-${missing}`, rulesFor(reach, missing));
    const checks = missing === 'log' ? runbookChecks.filter(({ kind }) => kind === 'logs') : [health];
    await expect(verify(restricted, targetIn(namespace, checks, { reach }))).rejects.toMatchObject({
      type: 'Forbidden',
      nonRetryable: true,
      message: expect.stringMatching(message),
    });
  },
);

test.concurrent('a port on which nothing listens is unreachable', async () => {
  const namespace = await install('4.1.0', 1);
  const [pod] = await podsIn(namespace);
  // Leads the pod's ports to one that is closed, as far as the simulated kubelet is concerned.
  await kubectl(cluster(), [
    ...['-n', namespace, 'patch', 'portforwards.kwok.x-k8s.io', nameOf(pod), '--type=merge'],
    ...['-p', '{"spec":{"forwards":[{"target":{"address":"127.0.0.1","port":1}}]}}'],
  ]);
  const ask = () => verify(realCluster(cluster()), targetIn(namespace, [health]));
  let report = await ask();
  // The kubelet learns of it by a watch of its own.
  while (report.verdict === 'pass') report = await ask();
  expect(report.checks[0]).toMatchObject({ verdict: 'fail', reason: 'unreachable' });
  expect(report.checks[0]?.summary).toMatch(/connection refused on port 8000$/);
});
