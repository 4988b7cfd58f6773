import { beforeAll, expect, test } from '@jest/globals';
import {
  AppsV1Api,
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1Deployment,
  type V1Endpoint,
  type V1EndpointSlice,
  type V1Pod,
} from '@kubernetes/client-node';
import { aNamespace, useLocalCluster } from '../support/cluster.ts';
import { isReady, untilAPod, untilReady } from '../support/cluster-pods.ts';
import { untilSeen } from '../support/cluster-watch.ts';
import { execInPod, getThroughPortForward } from '../support/cluster-requests.ts';
import { installWorkload } from '../support/cluster-workload.ts';

const cluster = useLocalCluster();
const image = (tag: string) => `tensafe/server:${tag}`;
const imageOf = (pod: V1Pod) => pod.spec?.containers[0]?.image;

let namespace = '';
let pods: V1Pod[] = [];
beforeAll(async () => {
  namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.0.0', replicas: 2 });
  pods = await untilReady(cluster(), namespace, 2);
});

function aPod(): V1Pod {
  const [pod] = pods;
  if (pod === undefined) throw new Error('no pod');
  return pod;
}

test('a Deployment becomes available, and its Service has the pods as ready endpoints', async () => {
  const deployment = await untilSeen<V1Deployment>(
    cluster(),
    { path: `/apis/apps/v1/namespaces/${namespace}/deployments`, wish: 'two available replicas' },
    ({ status }) => status?.availableReplicas === 2,
  );
  expect(deployment.status).toMatchObject({ replicas: 2, updatedReplicas: 2, readyReplicas: 2 });
  const slice = await untilSeen<V1EndpointSlice & { readonly status?: unknown }>(
    cluster(),
    { path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, wish: 'two ready endpoints' },
    (each) => readyAddresses(each).length === 2,
  );
  expect(readyAddresses(slice)).toEqual(pods.map((pod) => pod.status?.podIP).sort());
});

function readyAddresses(slice: V1EndpointSlice): string[] {
  // As it comes over the wire: null when there are none.
  const endpoints = (slice.endpoints as V1Endpoint[] | null) ?? [];
  const ready = endpoints.filter(({ conditions }) => conditions?.ready === true);
  return ready.flatMap(({ addresses }) => addresses).sort();
}

test.each([
  [8000, '/health', 200, '{"status":"healthy","version":"4.0.0"}'],
  [8000, '/ready', 200, '{"ready":true,"status":"ready"}'],
  [8000, '/health/db', 200, '{"status":"connected","database":"connected"}'],
  [8000, '/v1/training', 200, '{"object":"list","data":[]}'],
  [8000, '/nothing', 404, '{"detail":"Not Found"}'],
  [9090, '/health', 404, '{"detail":"Not Found"}'],
])('a port-forward to port %d reaches a server that answers %s with %d', async (port, path, status, body) => {
  expect(await getThroughPortForward(cluster(), aPod(), port, path)).toEqual({ status, body });
});

test('a port-forward to port 9090 reaches metrics in the Prometheus text format', async () => {
  const { body } = await getThroughPortForward(cluster(), aPod(), 9090, '/metrics');
  expect(body).toMatch(/^# TYPE tensafe_build_info gauge\ntensafe_build_info\{version="4.0.0"\} 1$/m);
});

test('exec runs a command whose localhost is that pod', async () => {
  const answers = await Promise.all(
    pods.map((pod) => execInPod(cluster(), pod, ['curl', '-s', 'http://localhost:8000/health'])),
  );
  expect(answers).toEqual(pods.map(() => '{"status":"healthy","version":"4.0.0"}'));
  await expect(execInPod(cluster(), aPod(), ['sh', '-c', 'exit 3'])).rejects.toThrow('exit');
});

test('logs tell what the pod did, and can be limited in time and lines', async () => {
  const core = cluster().config.makeApiClient(CoreV1Api);
  const name = aPod().metadata?.name ?? '';
  await getThroughPortForward(cluster(), aPod(), 8000, '/asked-for-in-the-log-test');
  const all = await core.readNamespacedPodLog({ namespace, name });
  expect(all).toContain('INFO starting version 4.0.0\n');
  const last = await core.readNamespacedPodLog({ namespace, name, tailLines: 1, sinceSeconds: 60 });
  expect(last).toBe('INFO GET /asked-for-in-the-log-test 404\n');
});

test('right after a rollout every ready pod answers as its own image’s version', async () => {
  const own = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace: own, tag: '4.0.0', replicas: 3 });
  await untilReady(cluster(), own, 3);
  await cluster()
    .config.makeApiClient(AppsV1Api)
    .patchNamespacedDeployment(
      {
        namespace: own,
        name: 'tensafe-server',
        body: { spec: { template: { spec: { containers: [{ name: 'tensafe', image: image('4.1.0') }] } } } },
      },
      setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
    );
  const asked = new Map<string, Promise<string>>();
  await untilAPod(cluster(), { namespace: own, wish: 'three ready pods of 4.1.0' }, (pod) => {
    const name = pod.metadata?.name ?? '';
    if (isReady(pod) && imageOf(pod) === image('4.1.0') && !asked.has(name)) {
      asked.set(
        name,
        getThroughPortForward(cluster(), pod, 8000, '/health').then(({ body }) => body),
      );
    }
    return asked.size === 3;
  });
  expect(await Promise.all(asked.values())).toEqual(Array(3).fill('{"status":"healthy","version":"4.1.0"}'));
});

test('a deleted pod is Terminating for a moment before it is gone', async () => {
  const own = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace: own, tag: '4.0.0', replicas: 1 });
  const [pod] = await untilReady(cluster(), own, 1);
  const name = pod?.metadata?.name ?? '';
  const core = cluster().config.makeApiClient(CoreV1Api);
  let deleted: Promise<unknown> | undefined;
  const terminating = await untilAPod(cluster(), { namespace: own, wish: 'terminating' }, ({ metadata }) => {
    if (metadata?.name !== name) return false;
    // Not before the watch sees it, which would else begin when it is gone.
    deleted ??= core.deleteNamespacedPod({ namespace: own, name });
    return metadata.deletionTimestamp !== undefined;
  });
  expect(terminating.metadata?.deletionGracePeriodSeconds).toBeGreaterThan(0);
  await deleted;
  await untilReady(cluster(), own, 1);
});
