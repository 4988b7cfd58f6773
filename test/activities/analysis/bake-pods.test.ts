import { expect, test } from '@jest/globals';
import { AppsV1Api, CoreV1Api, type V1Pod } from '@kubernetes/client-node';
import { verificationPermissions } from '../../../src/activities/verification/permissions.ts';
import { aNamespace, useLocalCluster } from '../../support/cluster.ts';
import { isReady, untilAPod, untilReady } from '../../support/cluster-pods.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { eventually } from '../../support/eventually.ts';
import { startPrometheusServer } from '../../support/prometheus-server.ts';
import { accountWith } from '../kubernetes/account.ts';
import { health } from '../verification/bench.ts';
import { canary, installCanary, realCluster, runBake, stable } from './bench.ts';

const cluster = useLocalCluster();

async function tracks(tag: string, ready = true): Promise<string> {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.0.0', replicas: 1 });
  await installCanary(cluster(), namespace, tag);
  await untilReady(cluster(), namespace, ready ? 2 : 1);
  return namespace;
}

const isOfCanary = (name: string | undefined) => name?.startsWith(`${canary}-`) === true;
const isStaying = ({ metadata }: V1Pod) => metadata?.deletionTimestamp === undefined;

test('a healthy canary passes on its pods alone, and the summary says what was not looked at', async () => {
  const namespace = await tracks('4.1.0');
  const { report } = await runBake({ cluster: realCluster(cluster()), namespace });
  expect(report).toMatchObject({ verdict: 'pass', stopNow: false });
  expect(report.summary).toBe(
    'pods only, as no Prometheus is configured: 1/1 pods running and ready; 0 restarts; 0 error lines in 1 log',
  );
});

test('a canary that crashes ends the bake early', async () => {
  const namespace = await tracks('4.1.0-crash', false);
  await untilAPod(cluster(), { namespace, wish: 'a crash' }, ({ metadata, status }) => {
    const waiting = status?.containerStatuses?.[0]?.state?.waiting;
    return isOfCanary(metadata?.name) && waiting?.reason === 'CrashLoopBackOff';
  });
  const { report } = await runBake({ cluster: realCluster(cluster()), namespace, seconds: 600 });
  expect(report).toMatchObject({ verdict: 'fail', stopNow: true });
  expect(report.summary).toMatch(/CrashLoopBackOff/);
});

test("stable's own crashes and error lines are not the canary's", async () => {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.0.0-noisy', replicas: 1 });
  await installCanary(cluster(), namespace, '4.1.0');
  await untilReady(cluster(), namespace, 2);
  const { report } = await runBake({
    cluster: realCluster(cluster()),
    namespace,
    scheduledAgo: 120,
    seconds: 121,
  });
  expect(report.verdict).toBe('pass');
  expect(report.evidence.some(({ subject }) => /^tensafe-server-(?!canary)/.test(subject))).toBe(false);
});

test('error lines of the canary within the window fail', async () => {
  const namespace = await tracks('4.1.0-noisy');
  const { report } = await runBake({
    cluster: realCluster(cluster()),
    namespace,
    scheduledAgo: 120,
    seconds: 600,
  });
  expect(report).toMatchObject({ verdict: 'fail', stopNow: true });
  expect(report.summary).toMatch(/: 40 error lines in 1 log, more than 5$/);
  expect(report.evidence[1]?.detail).toMatch(/^40 error lines, first: .*ERROR cannot reach the key store/);
});

test('the pods of each track, by ownership, are put into its queries', async () => {
  const namespace = await tracks('4.1.0');
  const { items } = await cluster().config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace });
  const names = items.map(({ metadata }) => metadata?.name ?? '');
  const prometheus = await startPrometheusServer();
  try {
    await runBake({
      cluster: realCluster(cluster()),
      namespace,
      seconds: 0,
      spec: {
        prometheus: prometheus.url,
        metrics: [
          {
            kind: 'distribution',
            name: 'memory',
            query: 'container_memory_working_set_bytes{pod=~"{{pods}}"}',
            worse: 'higher',
            tolerance: 0.25,
            minimumSamples: 5,
            critical: false,
          },
        ],
      },
    });
    const pods = prometheus.asked.map(({ query }) => /pod=~"([^"]*)"/.exec(query)?.[1] ?? '');
    expect(pods.map(isOfCanary).sort()).toEqual([false, true]);
    expect(pods.sort()).toEqual(names.sort());
  } finally {
    await prometheus.stop();
  }
});

test('the restarts of a pod that is gone still count', async () => {
  const namespace = await tracks('4.1.0');
  const core = cluster().config.makeApiClient(CoreV1Api);
  const { items } = await core.listNamespacedPod({ namespace });
  const pod = items.find(({ metadata }) => isOfCanary(metadata?.name));
  const name = pod?.metadata?.name ?? '';
  const real = realCluster(cluster());
  let looks = 0;
  const { report } = await runBake({
    cluster: {
      ...real,
      observePods: async (at) => {
        const seen = await real.observePods(at);
        if (at.deployment === stable) return seen;
        looks += 1;
        if (looks > 1) return seen;
        await core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
        await untilAPod(
          cluster(),
          { namespace, wish: 'another pod' },
          (one) => isOfCanary(one.metadata?.name) && one.metadata?.name !== name && isReady(one),
        );
        const restarted = seen.pods.map((one) => ({
          ...one,
          containers: one.containers.map((container) => ({ ...container, restarts: 1 })),
        }));
        return { ...seen, pods: restarted };
      },
    },
    namespace,
    spec: { maxRestarts: 1 },
    seconds: 2,
  });
  expect(report.verdict).toBe('pass');
  expect(report.summary).toMatch(/; 1 restart; /);
});

test('a Deployment that is not there ends the bake', async () => {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.0.0', replicas: 1 });
  await expect(runBake({ cluster: realCluster(cluster()), namespace })).rejects.toMatchObject({
    type: 'NotFound',
    nonRetryable: true,
  });
});

test('the rights of a verification are enough, and a missing one is a clear failure', async () => {
  const namespace = await tracks('4.1.0');
  const permissions = verificationPermissions('portForward');
  const enough = await accountWith(cluster(), namespace, 'analyst', permissions);
  const service = { verification: { reach: 'portForward', checks: [health] } } as const;
  const { report } = await runBake({ cluster: realCluster({ config: enough }), namespace, service });
  expect(report.verdict).toBe('pass');
  const without = permissions.filter(({ subresource }) => subresource !== 'log');
  const tooFew = await accountWith(cluster(), namespace, 'without-log', without);
  await expect(runBake({ cluster: realCluster({ config: tooFew }), namespace })).rejects.toMatchObject({
    type: 'Forbidden',
    message: expect.stringMatching(/pods\/log/),
  });
  const mute = permissions.filter(({ subresource }) => subresource !== 'portforward');
  const cannotAsk = await accountWith(cluster(), namespace, 'without-port-forward', mute);
  await expect(
    runBake({ cluster: realCluster({ config: cannotAsk }), namespace, service }),
  ).rejects.toMatchObject({ type: 'Forbidden', message: expect.stringMatching(/pods\/portforward/) });
});

test('an API server that is away in the middle costs nothing; at the end it is inconclusive', async () => {
  const namespace = await tracks('4.1.0');
  const real = realCluster(cluster());
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  let looks = 0;
  const { report, beats } = await runBake({
    cluster: {
      ...real,
      observePods: (at) => {
        looks += 1;
        return looks <= 2 ? Promise.reject(away) : real.observePods(at);
      },
    },
    namespace,
  });
  expect(beats[0]).toMatchObject({
    verdict: 'inconclusive',
    summary: expect.stringMatching(/pods not known: .*ECONNREFUSED/),
  });
  expect(report.verdict).toBe('pass');
  const gone = { ...real, observePods: () => Promise.reject(away) };
  expect((await runBake({ cluster: gone, namespace, seconds: 0 })).report.verdict).toBe('inconclusive');
});

test('a canary that is scaled to nothing is inconclusive', async () => {
  const namespace = await tracks('4.1.0');
  const apps = cluster().config.makeApiClient(AppsV1Api);
  await apps.patchNamespacedDeploymentScale({
    namespace,
    name: canary,
    body: [{ op: 'replace', path: '/spec/replicas', value: 0 }],
  });
  const core = cluster().config.makeApiClient(CoreV1Api);
  await eventually(
    async () => (await core.listNamespacedPod({ namespace })).items.filter(isStaying),
    (pods) => pods.every(({ metadata }) => !isOfCanary(metadata?.name)),
  );
  const { report } = await runBake({ cluster: realCluster(cluster()), namespace });
  expect(report.verdict).toBe('inconclusive');
  expect(report.summary).toMatch(/no pods on the new track/);
});
