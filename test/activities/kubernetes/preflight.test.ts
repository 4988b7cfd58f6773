import { beforeAll, expect, test } from '@jest/globals';
import type { KubeConfig } from '@kubernetes/client-node';
import { ApplicationFailure } from '@temporalio/common';
import type { HelmReader, RenderedUpgrade } from '../../../src/activities/helm/types.ts';
import type { ObservedHelmRelease, PreflightReport } from '../../../src/domain/observation.ts';
import type { HelmSpec, Target } from '../../../src/domain/target.ts';
import { aNamespace, useCluster } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { withoutStatus } from '../../support/without-status.ts';
import {
  activitiesOf,
  appsOf,
  coreOf,
  image,
  noHelm,
  readDeployment,
  run,
  tensafe,
  workload,
} from './bench.ts';

const cluster = useCluster();
const helm: HelmSpec = { release: 'tensafe', chart: '/charts/tensafe', imageTagValue: 'image.tag' };

/** A namespace with the workload, rolled out. */
async function installed(): Promise<Target> {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.0.0', autoscaler: true });
  const target = tensafe(cluster().config, namespace);
  const wait = { target, image: image('4.0.0'), timeoutSeconds: 180 };
  expect(await run(activitiesOf(cluster().config).awaitRollout, wait)).toMatchObject({ outcome: 'complete' });
  return target;
}

function preflight(
  target: Target,
  reader: HelmReader = noHelm,
  reference = image('4.1.0'),
): Promise<PreflightReport> {
  return run(activitiesOf(cluster().config, { helm: reader }).preflight, { target, image: reference });
}

function rulesOf({ problems }: PreflightReport): readonly string[] {
  return problems.map(({ rule }) => rule);
}

async function patch(target: Target, ...body: readonly object[]): Promise<void> {
  await appsOf(cluster()).patchNamespacedDeployment({
    name: workload,
    namespace: target.environment.namespace,
    body,
  });
}

let target: Target;
beforeAll(async () => {
  target = await installed();
});

test('a target in order has no problem, is observed whole, and is not changed', async () => {
  const before = withoutStatus(await readDeployment(cluster(), target.environment.namespace));
  const { problems, observed } = await preflight(target);
  expect(problems).toEqual([]);
  expect(observed).toMatchObject({
    deployment: { name: workload, image: image('4.0.0'), revision: '1', replicas: 2, paused: false },
    service: { name: workload, selector: { 'app.kubernetes.io/name': 'tensafe' } },
    autoscaler: { name: workload, minReplicas: 2, maxReplicas: 10 },
  });
  expect(observed?.deployment.replicaSet).toBe(`${workload}-${observed?.deployment.templateHash ?? ''}`);
  // Its controller may write the status at any time.
  const after = await readDeployment(cluster(), target.environment.namespace);
  expect(withoutStatus(after)).toEqual(before);
});

test('all problems are told at once', async () => {
  const wrong = {
    ...target,
    service: { ...target.service, container: 'server', kubernetesService: 'nothing' },
  };
  const report = await preflight(wrong, noHelm, 'TenSafe/server:4.1.0+1');
  expect(rulesOf(report)).toEqual(['image-invalid', 'container-missing', 'service-missing']);
  expect(report.problems[1]?.message).toContain('it has: tensafe');
  expect(report.observed).toBeUndefined();
});

test('a namespace and a Deployment that do not exist are named', async () => {
  const nowhere = { ...target, environment: { ...target.environment, namespace: 'nowhere' } };
  expect(rulesOf(await preflight(nowhere))).toEqual(['namespace-missing']);
  const nothing = { ...target, service: { ...target.service, deployment: 'nothing' } };
  expect(rulesOf(await preflight(nothing))).toEqual(['deployment-missing']);
});

test('a namespace that is being deleted is refused', async () => {
  const name = `going-${target.environment.namespace}`;
  const core = coreOf(cluster());
  await core.createNamespace({ body: { metadata: { name } } });
  const stays = { metadata: { name: 'stays', finalizers: ['fairway.dev/test'] } };
  await core.createNamespacedConfigMap({ namespace: name, body: stays });
  await core.deleteNamespace({ name });
  const going = { ...target, environment: { ...target.environment, namespace: name } };
  expect(rulesOf(await preflight(going))).toContain('namespace-terminating');
  const body = [{ op: 'remove', path: '/metadata/finalizers' }];
  await core.patchNamespacedConfigMap({ name: 'stays', namespace: name, body });
});

test('a paused Deployment and one in the middle of a rollout are refused', async () => {
  const other = await installed();
  await patch(other, { op: 'add', path: '/spec/paused', value: true });
  expect(rulesOf(await preflight(other))).toEqual(['deployment-paused']);
  await patch(
    other,
    { op: 'remove', path: '/spec/paused' },
    { op: 'replace', path: '/spec/template/spec/containers/0/image', value: image('4.1.0-registry-timeout') },
  );
  expect(rulesOf(await preflight(other))).toEqual(['rollout-in-progress']);
});

test('what the workload references must exist, unless it is optional; no value is read', async () => {
  const other = await installed();
  const { namespace } = other.environment;
  await coreOf(cluster()).createNamespacedSecret({ namespace, body: { metadata: { name: 'there' } } });
  await patch(
    other,
    {
      op: 'add',
      path: '/spec/template/spec/containers/0/envFrom',
      value: [
        { secretRef: { name: 'there' } },
        { secretRef: { name: 'gone' } },
        { configMapRef: { name: 'settings' } },
        { configMapRef: { name: 'maybe', optional: true } },
      ],
    },
    { op: 'add', path: '/spec/template/spec/imagePullSecrets', value: [{ name: 'registry' }] },
  );
  const { problems } = await preflight(other);
  const missing = problems
    .filter(({ rule }) => rule.endsWith('-missing'))
    .map(({ rule, message }) => [rule, message.split(',')[0]]);
  expect(missing).toEqual([
    ['secret-missing', 'Secret gone'],
    ['secret-missing', 'Secret registry'],
    ['config-map-missing', 'ConfigMap settings'],
  ]);
});

test('a Service that also selects another workload’s pods is refused, and the pods are named', async () => {
  const other = await installed();
  const { namespace } = other.environment;
  const labels = { 'app.kubernetes.io/name': 'tensafe', 'app.kubernetes.io/instance': 'tensafe' };
  const spec = { containers: [{ name: 'c', image: 'busybox' }] };
  await coreOf(cluster()).createNamespacedPod({
    namespace,
    body: { metadata: { name: 'stray', labels }, spec },
  });
  const { problems } = await preflight(other);
  expect(problems).toEqual([
    {
      rule: 'service-selects-others',
      message: expect.stringContaining('stray (of nobody)'),
      remedy: expect.any(String),
    },
  ]);
});

test('a Service that selects none of the pods is refused', async () => {
  const other = await installed();
  await coreOf(cluster()).patchNamespacedService({
    name: workload,
    namespace: other.environment.namespace,
    body: [{ op: 'add', path: '/spec/selector/track', value: 'blue' }],
  });
  const { problems } = await preflight(other);
  expect(problems).toMatchObject([
    { rule: 'service-selects-nothing', message: expect.stringContaining('track=absent') },
  ]);
});

test('what the Deployment’s own strategy takes away first is observed, in pods', async () => {
  const other = await installed();
  const seen = async (strategy: object) => {
    await patch(
      other,
      { op: 'replace', path: '/spec/strategy', value: strategy },
      { op: 'replace', path: '/spec/replicas', value: 4 },
    );
    const { deployment } = await run(activitiesOf(cluster().config).observeTarget, { target: other });
    return { recreates: deployment.recreates, unavailable: deployment.unavailable };
  };
  expect(await seen({ type: 'Recreate' })).toEqual({ recreates: true });
  expect(await seen({ type: 'RollingUpdate' })).toEqual({ unavailable: 1 });
  const safe = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: '20%' } };
  expect(await seen(safe)).toEqual({});
});

function renders(deployment: RenderedUpgrade['deployment']): RenderedUpgrade {
  return { ok: true, kinds: [], deployment: { image: image('4.1.0'), ...deployment } };
}

function reader(
  release: Partial<ObservedHelmRelease> | undefined,
  rendered: Awaited<ReturnType<HelmReader['renderUpgrade']>> = renders({}),
): HelmReader {
  const whole: ObservedHelmRelease = {
    name: 'tensafe',
    revision: 3,
    status: 'deployed',
    deployedRevision: 3,
    chart: 'tensafe-1.0.0',
    updatedAt: new Date(Date.now() - 3_600_000).toISOString(),
    manifestImage: image('4.0.0'),
    ...release,
  };
  return {
    ...noHelm,
    observeRelease: () => Promise.resolve(release === undefined ? undefined : whole),
    renderUpgrade: () => Promise.resolve(rendered),
  };
}

/** Not long ago for as long as these tests may take to come to it. */
const justNow = new Date().toISOString();

test.each<[string, HelmReader, readonly string[]]>([
  ['in order', reader({}), []],
  ['missing', reader(undefined), ['helm-release-missing']],
  ['uninstalled and kept', reader({ status: 'uninstalled' }), ['helm-release-missing']],
  ['at work right now', reader({ status: 'pending-upgrade', updatedAt: justNow }), ['helm-in-progress']],
  ['left pending by a crash', reader({ status: 'pending-upgrade' }), []],
  ['failed the time before', reader({ status: 'failed' }), []],
  ['behind the cluster', reader({ manifestImage: image('3.9.0') }), ['helm-drift']],
  [
    'about to scale it back',
    reader({ manifestReplicas: 7 }, renders({ replicas: 7 })),
    ['helm-replicas-drift'],
  ],
  [
    'about to scale down what a rollback kept',
    reader({ manifestReplicas: 2 }, renders({ replicas: 1 })),
    ['helm-replicas-drift'],
  ],
  ['about to add pods', reader({ manifestReplicas: 2 }, renders({ replicas: 4 })), []],
  ['with as many pods as there are', reader({ manifestReplicas: 3 }, renders({ replicas: 2 })), []],
  ['about to leave the pods to an autoscaler', reader({ manifestReplicas: 2 }), ['helm-replicas-drift']],
  [
    'with a chart that brings another image',
    reader({}, renders({ image: 'registry.corp/tensafe/server:v4.1.0' })),
    ['chart-image-differs'],
  ],
  ['with a chart of something else', reader({}, { ok: true, kinds: [] }), ['chart-without-deployment']],
  [
    'with a chart that does not render',
    reader({}, { ok: false, error: 'values.yaml: …' }),
    ['chart-does-not-render'],
  ],
])('a Helm release that is %s is judged before an upgrade', async (_title, helmReader, rules) => {
  const byHelm = { ...target, service: { ...target.service, helm, update: 'helm' as const } };
  expect(rulesOf(await preflight(byHelm, helmReader))).toEqual(rules);
});

test('an update by image does not rest on Helm’s record, which is behind after the first one', async () => {
  const byImage = { ...target, service: { ...target.service, helm } };
  const report = await preflight(byImage, reader({ manifestImage: image('3.9.0') }));
  expect(report.problems).toEqual([]);
  expect(report.observed?.helm).toMatchObject({ manifestImage: image('3.9.0') });
});

test('a helm that cannot be used is a problem; a cluster that it does not reach is a failure', async () => {
  const byHelm = { ...target, service: { ...target.service, helm, update: 'helm' as const } };
  const broken = (type: string): HelmReader => ({
    ...noHelm,
    observeRelease: () => Promise.reject(ApplicationFailure.create({ type, message: 'no helm on PATH' })),
  });
  expect((await preflight(byHelm, broken('HelmMissing'))).problems).toMatchObject([
    { rule: 'helm-unusable', message: 'no helm on PATH' },
  ]);
  await expect(preflight(byHelm, broken('ClusterUnreachable'))).rejects.toMatchObject({
    type: 'ClusterUnreachable',
  });
});

/** The same cluster by another address, or as somebody else. */
function changed(change: { readonly server?: string; readonly token?: string }): KubeConfig {
  const { config } = cluster();
  const copy = Object.assign(Object.create(Object.getPrototypeOf(config) as object) as KubeConfig, config);
  if (change.server !== undefined)
    copy.clusters = config.clusters.map((each) => ({ ...each, server: change.server ?? '' }));
  if (change.token !== undefined)
    copy.users = config.users.map(({ name }) => ({ name, token: change.token ?? '' }));
  return copy;
}

test('a cluster that does not answer is a failure worth a retry, and credentials it rejects are a problem', async () => {
  const input = { target, image: image('4.1.0') };
  await expect(
    run(activitiesOf(changed({ server: 'https://127.0.0.1:1' })).preflight, input),
  ).rejects.toMatchObject({
    type: 'ClusterUnreachable',
    nonRetryable: false,
  });
  expect(await run(activitiesOf(changed({ token: 'wrong' })).preflight, input)).toMatchObject({
    problems: [{ rule: 'credentials-rejected' }],
  });
});

test('a context that the kubeconfig does not have is refused with those that it has', async () => {
  const elsewhere = { ...target, environment: { ...target.environment, cluster: 'prod-cluster' } };
  await expect(preflight(elsewhere)).rejects.toMatchObject({
    type: 'UnknownTarget',
    message: expect.stringContaining(cluster().config.getCurrentContext()),
  });
});

// What stands before it runs meanwhile.
test.concurrent('a rollout that the controller gave up on may be released over', async () => {
  const other = await installed();
  const stuck = image('4.1.0-registry-timeout');
  // Long enough for the new pods to be there: each that comes would be progress again.
  await patch(
    other,
    { op: 'replace', path: '/spec/progressDeadlineSeconds', value: 30 },
    { op: 'replace', path: '/spec/template/spec/containers/0/image', value: stuck },
  );
  const wait = { target: other, image: stuck, timeoutSeconds: 180 };
  expect(await run(activitiesOf(cluster().config).awaitRollout, wait)).toMatchObject({ outcome: 'failed' });
  expect(rulesOf(await preflight(other))).toEqual([]);
});
