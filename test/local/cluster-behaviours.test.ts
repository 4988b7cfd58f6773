import { expect, test } from '@jest/globals';
import {
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1ContainerStatus,
  type V1Pod,
} from '@kubernetes/client-node';
import { behaviourOfTag, tagOf } from '../../local/kwok/behaviours.ts';
import { aNamespace, useLocalCluster } from '../support/cluster.ts';
import { isReady, untilAPod, untilReady } from '../support/cluster-pods.ts';
import { getThroughPortForward } from '../support/cluster-requests.ts';
import { installWorkload, type WorkloadOptions } from '../support/cluster-workload.ts';

const cluster = useLocalCluster();

async function aWorkload(options: Omit<WorkloadOptions, 'namespace' | 'replicas'>): Promise<string> {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, replicas: 1, ...options });
  return namespace;
}

function containerOf(pod: V1Pod): V1ContainerStatus | undefined {
  return pod.status?.containerStatuses?.[0];
}

test.each([
  ['4.1.1-unhealthy', '/health', 200, '{"status":"unhealthy"}'],
  ['4.1.1-unhealthy-503', '/health', 503, '{"status":"unhealthy"}'],
  ['4.1.1-not-ready', '/ready', 200, '{"ready":false,"status":"not ready"}'],
  ['4.1.1-db-disconnected', '/health/db', 200, '{"database":"disconnected"}'],
  ['4.1.1-no-db-check', '/health/db', 404, '{"detail":"Not Found"}'],
  ['4.1.1-api-down', '/v1/training', 500, '{"detail":"Internal Server Error"}'],
  ['4.1.1-wrong-version', '/version', 200, '{"version":"0.0.1"}'],
])('%s becomes ready, and answers %s with %d %s', async (tag, path, status, body) => {
  const namespace = await aWorkload({ tag });
  const [pod] = await untilReady(cluster(), namespace, 1);
  expect(await getThroughPortForward(cluster(), pod as V1Pod, 8000, path)).toEqual({ status, body });
});

interface Expected {
  readonly tag: string;
  readonly shows: string;
  readonly container: object;
  /** At least; none when absent. */
  readonly restarts?: number;
  readonly phase: string;
}

test.each<Expected>([
  {
    tag: '4.1.1-crash',
    shows: 'CrashLoopBackOff after a restart, with the exit code of the last run',
    phase: 'Running',
    restarts: 1,
    container: {
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { reason: 'Error', exitCode: 1 } },
    },
  },
  {
    tag: '4.1.1-oom',
    shows: 'OOMKilled as the end of the last run',
    phase: 'Running',
    restarts: 1,
    container: {
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
    },
  },
  {
    tag: '9.9.9-no-image',
    shows: 'ErrImagePull, not found',
    phase: 'Pending',
    container: {
      state: {
        waiting: { reason: 'ErrImagePull', message: expect.stringMatching(/code = NotFound .*: not found$/) },
      },
    },
  },
  {
    tag: '9.9.9-no-image',
    shows: 'ImagePullBackOff, with the reason kept',
    phase: 'Pending',
    container: {
      state: {
        waiting: {
          reason: 'ImagePullBackOff',
          message: expect.stringMatching(
            /^Back-off pulling image "tensafe\/server:9.9.9-no-image": ErrImagePull: .*: not found$/,
          ),
        },
      },
    },
  },
  {
    tag: '4.1.1-registry-timeout',
    shows: 'ErrImagePull, i/o timeout',
    phase: 'Pending',
    container: {
      state: { waiting: { reason: 'ErrImagePull', message: expect.stringMatching(/i\/o timeout$/) } },
    },
  },
  {
    tag: '4.1.1-bad-config',
    shows: 'CreateContainerConfigError, naming the secret',
    phase: 'Pending',
    container: {
      state: {
        waiting: { reason: 'CreateContainerConfigError', message: 'secret "tensafe-secrets" not found' },
      },
    },
  },
])('$tag shows $shows', async ({ tag, shows, phase, container, restarts = 0 }) => {
  const namespace = await aWorkload({ tag });
  const pod = await untilAPod(cluster(), { namespace, wish: shows }, (each) => {
    const waiting = (container as V1ContainerStatus).state?.waiting;
    return containerOf(each)?.state?.waiting?.reason === waiting?.reason;
  });
  expect(pod.status?.phase).toBe(phase);
  expect(isReady(pod)).toBe(false);
  expect(containerOf(pod)).toMatchObject({
    name: 'tensafe',
    image: `tensafe/server:${tag}`,
    ready: false,
    ...container,
  });
  expect(containerOf(pod)?.restartCount).toBeGreaterThanOrEqual(restarts);
});

test('a container that does not run refuses connections', async () => {
  const namespace = await aWorkload({ tag: '4.1.1-crash' });
  const pod = await untilAPod(
    cluster(),
    { namespace, wish: 'a crash' },
    (each) => (containerOf(each)?.restartCount ?? 0) > 0,
  );
  await expect(getThroughPortForward(cluster(), pod, 8000, '/health')).rejects.toThrow('connection refused');
  const core = cluster().config.makeApiClient(CoreV1Api);
  const log = await core.readNamespacedPodLog({ namespace, name: pod.metadata?.name ?? '', previous: true });
  expect(log).toMatch(/^ERROR /m);
});

test('never-ready runs, and is not ready', async () => {
  const namespace = await aWorkload({ tag: '4.1.1-never-ready' });
  const pod = await untilAPod(
    cluster(),
    { namespace, wish: 'running' },
    (each) => containerOf(each)?.started === true,
  );
  expect(containerOf(pod)).toMatchObject({ ready: false, state: { running: {} } });
  expect((await getThroughPortForward(cluster(), pod, 8000, '/ready')).status).toBe(503);
});

test('a noisy pod writes many error lines', async () => {
  const namespace = await aWorkload({ tag: '4.1.1-noisy' });
  const [pod] = await untilReady(cluster(), namespace, 1);
  const core = cluster().config.makeApiClient(CoreV1Api);
  const log = await core.readNamespacedPodLog({
    namespace,
    name: pod?.metadata?.name ?? '',
    sinceSeconds: 300,
  });
  expect(log.match(/error/gi)).toHaveLength(40);
});

test('an annotation chooses the behaviour, and may change it while the pod runs', async () => {
  const namespace = await aWorkload({
    tag: '4.1.1',
    podAnnotations: { 'stand-in.local/behaviour': 'db-disconnected' },
  });
  const [pod] = await untilReady(cluster(), namespace, 1);
  const name = pod?.metadata?.name ?? '';
  expect((await getThroughPortForward(cluster(), pod as V1Pod, 8000, '/health/db')).body).toContain(
    'disconnected',
  );
  await cluster()
    .config.makeApiClient(CoreV1Api)
    .patchNamespacedPod(
      { namespace, name, body: { metadata: { annotations: { 'stand-in.local/behaviour': 'never-ready' } } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
  await untilAPod(cluster(), { namespace, wish: 'no longer ready' }, (each) => !isReady(each));
});

test('the time to start and to become ready can be set for each pod', async () => {
  const namespace = await aWorkload({
    tag: '4.1.1',
    podAnnotations: { 'stand-in.local/start-delay': '2500ms', 'stand-in.local/ready-delay': '0s' },
  });
  const [pod] = await untilReady(cluster(), namespace, 1);
  // A watch hands out times as text.
  const created = Date.parse(String(pod?.metadata?.creationTimestamp));
  const started = Date.parse(String(containerOf(pod as V1Pod)?.state?.running?.startedAt));
  expect(started - created).toBeGreaterThanOrEqual(2_000);
});

test.each([
  ['4.1.0', 'healthy'],
  ['4.1.1-rc.1', 'healthy'],
  ['4.1.1-crash', 'crash'],
  ['4.1.1-unhealthy-503', 'unhealthy-503'],
  ['crash', 'healthy'],
])('the tag %s means %s', (tag, behaviour) => {
  expect(behaviourOfTag(tag)).toBe(behaviour);
});

test.each([
  ['tensafe/server:4.1.0', '4.1.0'],
  ['registry.example.com:5000/tensafe/server', 'latest'],
  ['registry.example.com:5000/tensafe/server:4.1.0@sha256:abc', '4.1.0'],
])('the tag of %s is %s', (image, tag) => {
  expect(tagOf(image)).toBe(tag);
});
