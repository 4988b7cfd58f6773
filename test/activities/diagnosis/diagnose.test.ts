import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1Pod,
} from '@kubernetes/client-node';
import { MockActivityEnvironment } from '@temporalio/testing';
import { annotations } from '../../../local/kwok/annotations.ts';
import type { FailedJudgement } from '../../../src/domain/diagnosis-failure.ts';
import { diagnosisMarkdown } from '../../../src/domain/diagnosis-text.ts';
import { templateHashKey } from '../../../src/domain/service-selector.ts';
import { aNamespace, useLocalCluster } from '../../support/cluster.ts';
import { untilAPod, untilReady } from '../../support/cluster-pods.ts';
import { getThroughPortForward } from '../../support/cluster-requests.ts';
import { installWorkload, type WorkloadOptions } from '../../support/cluster-workload.ts';
import { eventually } from '../../support/eventually.ts';
import { health } from '../verification/bench.ts';
import { diagnose, targetIn } from './bench.ts';

const cluster = useLocalCluster();

/** A workload with this behaviour, once a pod of it shows what is asked for. */
async function aWorkload(
  tag: string,
  shows: (pod: V1Pod) => boolean,
  options: Partial<WorkloadOptions> = {},
): Promise<string> {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag, ...options });
  await untilAPod(cluster(), { namespace, wish: `a pod of ${tag}`, timeoutMs: 120_000 }, shows);
  return namespace;
}

const waitsFor =
  (reason: string) =>
  ({ status }: V1Pod): boolean =>
    status?.containerStatuses?.[0]?.state?.waiting?.reason === reason;

test.concurrent('what runs well has no finding, and a metrics API that is not there is said', async () => {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.1.0' });
  await untilReady(cluster(), namespace, 2);
  const report = await diagnose(cluster().config, { target: targetIn(namespace) });
  expect(report.findings.map(({ rule }) => rule).filter((rule) => rule !== 'still-starting')).toEqual([]);
  expect(report.unseen.join()).toMatch(/no metrics API/);
});

test.concurrent('a crash is told by its last words', async () => {
  const namespace = await aWorkload('4.1.0-crash', waitsFor('CrashLoopBackOff'));
  const report = await diagnose(cluster().config, { target: targetIn(namespace) });
  expect(report.findings[0]).toMatchObject({ rule: 'dependency-unreachable', situation: 'crashing' });
  expect(report.summary).toMatch(/cannot reach the key store: connection refused/);
  expect(report.findings.map(({ rule }) => rule)).not.toContain('crash-loop-back-off');
  expect(diagnosisMarkdown(report).split('\n')[0]).toMatch(/^\*\*Container tensafe cannot reach/);
});

test.concurrent('a container that is not ready is asked itself', async () => {
  const namespace = await aWorkload(
    '4.1.0-never-ready',
    ({ status }) => status?.containerStatuses?.[0]?.state?.running !== undefined,
    // Its probe allows minutes, which are not over.
    { probe: { failureThreshold: 60 } },
  );
  const { findings } = await eventually(
    () => diagnose(cluster().config, { target: targetIn(namespace) }),
    ({ findings: [first] }) => first?.headline.includes('answers 503 on :8000/ready') === true,
  );
  expect(findings[0]).toMatchObject({ rule: 'still-starting', situation: 'slow' });
});

test.concurrent(
  'pods that are ready and say that they are not well are asked what the service is checked by',
  async () => {
    const namespace = await aNamespace(cluster());
    await installWorkload(cluster(), { namespace, tag: '4.1.0-unhealthy-503' });
    await untilReady(cluster(), namespace, 2);
    const target = targetIn(namespace);
    const verification = { reach: 'portForward', checks: [health] } as const;
    const report = await diagnose(cluster().config, {
      target: { ...target, service: { ...target.service, verification } },
    });
    expect(report.findings[0]).toMatchObject({ rule: 'check-failing', situation: 'unhealthy' });
    expect(report.summary).toMatch(/2 of 2 ready pods fail the check "health": 503/);
  },
);

test.concurrent(
  'where a check failed, the pods that it names are asked and read, however many are well',
  async () => {
    const namespace = await aNamespace(cluster());
    await installWorkload(cluster(), { namespace, tag: '4.1.0', replicas: 6 });
    await untilReady(cluster(), namespace, 6);
    const core = cluster().config.makeApiClient(CoreV1Api);
    const { items } = await core.listNamespacedPod({ namespace });
    // Behind as many that are well as are looked at by themselves.
    const behind = items[4] as V1Pod;
    const { name = '' } = behind.metadata ?? {};
    const annotationsOf = { [annotations.behaviour]: 'unhealthy-503' };
    await core.patchNamespacedPod(
      { name, namespace, body: { metadata: { annotations: annotationsOf } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    // Its server learns of it a moment later.
    await eventually(
      () => getThroughPortForward(cluster(), behind, 8000, '/health'),
      ({ status }) => status === 503,
    );
    const target = targetIn(namespace);
    const verification = { reach: 'portForward', checks: [health] } as const;
    const report = await diagnose(cluster().config, {
      target: { ...target, service: { ...target.service, verification } },
      failure: {
        summary: 'verification of 4.1.0: health: 5/6 pods gave the expected answer',
        judged: [
          {
            ...{ by: 'check', name: 'health', verdict: 'fail', detail: `5/6 pods; ${name}: 503` },
            evidence: [{ subject: name, detail: '503' }],
          },
        ],
      },
    });
    expect(report.findings[0]).toMatchObject({ rule: 'check-failing', situation: 'unhealthy' });
    expect(report.summary).toMatch(
      /^1 of the 3 ready pods that were asked, of 6, fail the check "health": 503/,
    );
    expect(JSON.stringify(report.findings[0]?.evidence)).toContain(name);
  },
);

test.concurrent('after an analysis that failed, the logs of pods are read that are well', async () => {
  const namespace = await aNamespace(cluster());
  const line = 'ERROR cannot connect to amqp://queue:5672: connection refused';
  await installWorkload(cluster(), {
    ...{ namespace, tag: '4.1.0' },
    podAnnotations: { [annotations.log]: line },
  });
  await untilReady(cluster(), namespace, 2);
  const failed: FailedJudgement = {
    ...{ by: 'analysis', name: 'errors', verdict: 'fail' },
    ...{ detail: 'errors 12/240 (5 %)', evidence: [] },
  };
  const failure = { summary: 'the analysis of tensafe-server: errors 12/240 (5 %)', judged: [failed] };
  const report = await diagnose(cluster().config, { target: targetIn(namespace), failure });
  const rules = report.findings.map(({ rule }) => rule).filter((rule) => rule !== 'still-starting');
  expect(rules).toEqual(['dependency-unreachable', 'analysis-failed']);
  expect(report.findings[0]?.headline).toContain('amqp://queue:5672');
});

test.concurrent('an image that does not exist is named', async () => {
  const namespace = await aWorkload('4.1.0-no-image', waitsFor('ImagePullBackOff'));
  const report = await diagnose(cluster().config, { target: targetIn(namespace) });
  expect(report.findings[0]).toMatchObject({ rule: 'image-not-found' });
  expect(report.summary).toContain('tensafe/server:4.1.0-no-image');
});

test.concurrent('a Deployment and a Service that were deleted are said', async () => {
  const namespace = await aNamespace(cluster());
  const report = await diagnose(cluster().config, { target: targetIn(namespace) });
  expect(report.findings.map(({ rule }) => rule)).toEqual(['deployment-missing', 'service-missing']);
});

test.concurrent('a Service that a release has pinned selects its pods, unless none has the pin', async () => {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.1.0' });
  await untilReady(cluster(), namespace, 2);
  const core = cluster().config.makeApiClient(CoreV1Api);
  const { items } = await core.listNamespacedPod({ namespace });
  const hash = items[0]?.metadata?.labels?.[templateHashKey] ?? '';
  const rulesWhenPinnedTo = async (value: string) => {
    const body = { spec: { selector: { [templateHashKey]: value } } };
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    await core.patchNamespacedService({ name: 'tensafe-server', namespace, body }, merge);
    const { findings } = await diagnose(cluster().config, { target: targetIn(namespace) });
    return findings.map(({ rule }) => rule);
  };
  expect(hash).not.toBe('');
  expect(await rulesWhenPinnedTo(hash)).not.toContain('service-selects-nothing');
  expect(await rulesWhenPinnedTo('0123456789')).toContain('service-selects-nothing');
});

test.concurrent("a track is not blamed for the target's Service, nor the target for its tracks", async () => {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.1.0' });
  const report = await diagnose(cluster().config, {
    target: targetIn(namespace),
    deployment: 'tensafe-server-green',
  });
  expect(report.findings.map(({ rule }) => rule)).toEqual(['deployment-missing']);
});

test.concurrent("another workload's events and pods are not the target's", async () => {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.1.0' });
  await untilReady(cluster(), namespace, 2);
  const apps = cluster().config.makeApiClient(AppsV1Api);
  const { spec } = await apps.readNamespacedDeployment({ namespace, name: 'tensafe-server' });
  if (spec === undefined) throw new Error('the Deployment has no spec');
  const labels = { ...spec.template.metadata?.labels, 'app.kubernetes.io/component': 'worker' };
  const [container] = spec.template.spec?.containers ?? [];
  if (container === undefined) throw new Error('the Deployment has no container');
  await apps.createNamespacedDeployment({
    namespace,
    body: {
      metadata: { name: 'worker' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ ...container, image: 'tensafe/server:4.1.0-oom' }] },
        },
      },
    },
  });
  const wish = { namespace, wish: 'a worker that is killed for memory', timeoutMs: 120_000 };
  await untilAPod(cluster(), wish, waitsFor('CrashLoopBackOff'));
  const report = await diagnose(cluster().config, { target: targetIn(namespace) });
  expect(report.findings.map(({ rule }) => rule).filter((rule) => rule !== 'still-starting')).toEqual([]);
});

test.concurrent('an account without rights is told what it could not see', async () => {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.1.0' });
  const core = cluster().config.makeApiClient(CoreV1Api);
  const name = 'nobody';
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
  const body = { spec: { audiences: [], expirationSeconds: 3_600 } };
  const { status } = await core.createNamespacedServiceAccountToken({ name, namespace, body });
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: cluster().config.clusters,
    users: [{ name, token: status?.token ?? '' }],
    contexts: [{ name, user: name, cluster: cluster().config.getCurrentCluster()?.name ?? '' }],
    currentContext: name,
  });
  const report = await diagnose(config, { target: targetIn(namespace) });
  expect(report.findings).toEqual([]);
  expect(report.unseen).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^Deployment tensafe-server: this worker may not look/),
      expect.stringMatching(/^the nodes: this worker may not look/),
    ]),
  );
});

/** An API server that answers some paths with what the real one said, and others never. */
async function aSlowCluster(answers: (path: string) => string | undefined) {
  const server = createServer((request, response) => {
    const answer = answers(request.url ?? '');
    if (answer !== undefined) response.setHeader('content-type', 'application/json').end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      {
        name: 'slow',
        skipTLSVerify: true,
        server: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
      },
    ],
    users: [{ name: 'slow' }],
    contexts: [{ name: 'slow', user: 'slow', cluster: 'slow' }],
    currentContext: 'slow',
  });
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { config, close };
}

test('what answers in time is judged in time, and the rest is said', async () => {
  const { config, close } = await aSlowCluster((path) =>
    path.includes('/deployments/')
      ? JSON.stringify({
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'tensafe-server', generation: 1 },
          spec: {
            replicas: 2,
            paused: true,
            template: { spec: { containers: [{ name: 'tensafe', image: 'a:1' }] } },
          },
          status: { observedGeneration: 1 },
        })
      : undefined,
  );
  // By a timer beside it: a machine that stands still for a moment delays both.
  let isOver = false;
  const over = setTimeout(() => (isOver = true), 15_000);
  try {
    const report = await diagnose(config, { target: targetIn('away'), seconds: 15 });
    expect(isOver).toBe(false);
    expect(report.findings[0]?.rule).toBe('rollout-paused');
    expect(report.unseen).toContain('the nodes: no answer within 15 s');
    expect(report.unseen).toContain('the pods: no answer within 15 s');
  } finally {
    clearTimeout(over);
    close();
  }
});

test('a cluster that answers nothing is a failure, and worth another try', async () => {
  const { config, close } = await aSlowCluster(() => undefined);
  try {
    await expect(diagnose(config, { target: targetIn('away'), seconds: 1 })).rejects.toMatchObject({
      type: 'ClusterUnreachable',
      nonRetryable: false,
    });
  } finally {
    close();
  }
});

test('a cancellation ends it at once', async () => {
  const { config, close } = await aSlowCluster(() => undefined);
  const environment = new MockActivityEnvironment();
  try {
    const running = diagnose(config, { target: targetIn('away'), seconds: 30 }, environment);
    setTimeout(() => environment.cancel(), 200);
    await expect(running).rejects.toMatchObject({ name: 'CancelledFailure' });
  } finally {
    close();
  }
});
