/** Watches that die without a word, or end as soon as they began. */
import { afterEach, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { V1Job, V1Pod } from '@kubernetes/client-node';
import { createClusterClients } from '../../../src/activities/kubernetes/clients.ts';
import { startReflector } from '../../../src/activities/kubernetes/reflector.ts';
import { watchUntil } from '../../../src/activities/kubernetes/watch-until.ts';
import { followJob } from '../../../src/activities/smoke/follow-job.ts';
import { patientObserver } from '../../../src/activities/verification/settle.ts';
import { createVerificationCluster } from '../../../src/activities/verification/kube-cluster.ts';
import { startListServer, type ListServer, type WatchManner } from '../../support/list-server.ts';
import { activitiesOf, environment, image, run, tensafe, workload } from './bench.ts';

const namespace = 'shop';
const annotations = { 'deployment.kubernetes.io/revision': '1' };
const podsPath = `/api/v1/namespaces/${namespace}/pods`;
const jobsPath = `/apis/batch/v1/namespaces/${namespace}/jobs`;
const deploymentsPath = `/apis/apps/v1/namespaces/${namespace}/deployments`;
const replicaSetsPath = `/apis/apps/v1/namespaces/${namespace}/replicasets`;

let server: ListServer;
async function serve(manner: WatchManner) {
  server = await startListServer(manner);
  server.collections.set(podsPath, []).set(jobsPath, []).set(replicaSetsPath, [replicaSet()]);
  return createClusterClients(server.config, server.config.getCurrentContext());
}
afterEach(() => server.stop());

/** A Deployment on its way to 4.1.0, or there. */
function deployment(available: number) {
  const labels = { app: 'tensafe' };
  const containers = [{ name: 'tensafe', image: image('4.1.0') }];
  return {
    metadata: { name: workload, namespace, uid: 'd', generation: 2, annotations },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
    status: { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: available },
  };
}

/** The newest of that Deployment. */
function replicaSet() {
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: workload, uid: 'd', controller: true };
  const { template } = deployment(0).spec;
  return {
    metadata: { name: `${workload}-1`, namespace, uid: 'r', annotations, ownerReferences: [owner] },
    spec: { template },
  };
}

test('a rollout that was complete behind a dead watch is not called too slow', async () => {
  await serve('silent');
  server.collections.set(deploymentsPath, [deployment(0)]);
  const target = tensafe(server.config, namespace);
  const wait = run(activitiesOf(server.config).awaitRollout, {
    target,
    image: image('4.1.0'),
    timeoutSeconds: 15,
  });
  await server.watched(3);
  server.collections.set(deploymentsPath, [deployment(1)]);
  expect(await wait).toMatchObject({ outcome: 'complete', progress: { available: 1 } });
});

test('a rollout that is not complete by then is, after one more look', async () => {
  await serve('silent');
  server.collections.set(deploymentsPath, [deployment(0)]);
  const input = { target: tensafe(server.config, namespace), image: image('4.1.0'), timeoutSeconds: 1 };
  expect(await run(activitiesOf(server.config).awaitRollout, input)).toMatchObject({ outcome: 'timedOut' });
  expect(server.reads.filter((path) => path === deploymentsPath)).toHaveLength(2);
});

test('the time of what is put back begins when the cluster can be seen', async () => {
  await serve('silent');
  server.collections.set(deploymentsPath, [deployment(0)]);
  const scheduledTimestampMs = Date.now() - 60_000;
  const target = tensafe(server.config, namespace);
  const input = { target, image: image('4.1.0'), timeoutSeconds: 2 };
  const { awaitRollout } = activitiesOf(server.config);
  const late = () => new MockActivityEnvironment({ scheduledTimestampMs });
  expect(await late().run(awaitRollout, input)).toMatchObject({ outcome: 'timedOut' });

  const wait = late().run(awaitRollout, { ...input, isReturn: true as const });
  await new Promise((later) => setTimeout(later, 1_000));
  server.collections.set(deploymentsPath, [deployment(1)]);
  expect(await wait).toMatchObject({ outcome: 'complete' });
});

test('what is put back is given its time once where the cluster can be seen all along', async () => {
  await serve('silent');
  server.collections.set(deploymentsPath, [deployment(0)]);
  const target = tensafe(server.config, namespace);
  const input = { target, image: image('4.1.0'), timeoutSeconds: 2, isReturn: true as const };
  const began = Date.now();
  expect(await run(activitiesOf(server.config).awaitRollout, input)).toMatchObject({ outcome: 'timedOut' });
  expect(Date.now() - began).toBeLessThan(120_000);
});

test.each([
  ['finds what a dead watch did not tell', [{ metadata: { name: 'a', uid: 'a' } }], 1],
  ['has no answer when there is none', [], undefined],
])('a wait looks once more at its end, and %s', async (_what, later, expected) => {
  const clients = await serve('silent');
  const wait = environment().run(() =>
    watchUntil({
      ...{ place: { cluster: 'test', namespace }, what: 'a pod', deadline: Date.now() + 3_000 },
      start: (onChange, signal) => {
        const pods = podsReflector(clients, onChange, signal);
        return { reflectors: [pods], look: () => pods.items().length || undefined };
      },
    }),
  );
  await server.watched(1);
  server.collections.set(podsPath, later);
  expect(await wait).toBe(expected);
});

test('a wait may last anew from when the cluster can be seen', async () => {
  const clients = await serve('silent');
  const wait = environment().run(() =>
    watchUntil({
      ...{ place: { cluster: 'test', namespace }, what: 'a pod', deadline: Date.now() - 1, anewSeconds: 2 },
      start: (onChange, signal) => {
        const pods = podsReflector(clients, onChange, signal);
        return { reflectors: [pods], look: () => pods.items().length || undefined };
      },
    }),
  );
  await new Promise((later) => setTimeout(later, 1_000));
  server.collections.set(podsPath, [{ metadata: { name: 'a', uid: 'a' } }]);
  expect(await wait).toBe(1);
});

test('a Job that completed behind a dead watch has passed', async () => {
  const clients = await serve('silent');
  const job = (complete: boolean): V1Job => ({
    metadata: { name: 'smoke', uid: 'j' },
    ...(complete ? { status: { conditions: [{ type: 'Complete', status: 'True' }] } } : {}),
  });
  server.collections.set(jobsPath, [job(false)]);
  const ref = { namespace, name: 'smoke', uid: 'j' };
  const { signal } = new AbortController();
  const end = followJob(clients, ref, { seconds: 3, signal }, ({ job: seen }, timeIsOver) => {
    if ((seen?.status?.conditions ?? []).length > 0) return 'passed';
    return timeIsOver ? 'timedOut' : undefined;
  });
  await server.watched(2);
  server.collections.set(jobsPath, [job(true)]);
  expect(await end).toBe('passed');
});

test.each(['ends', 'refused', 'gone'] as const)(
  'a server whose watches are no good (%s) is asked ever more rarely, and not stormed',
  async (manner) => {
    const clients = await serve(manner);
    const stop = new AbortController();
    podsReflector(clients, () => undefined, stop.signal);
    await Promise.all([server.watched(3), new Promise((resolve) => setTimeout(resolve, 3_000))]);
    stop.abort();
    // After 0.2, 0.6, 1.4 and 3 s, or up to half of each pause earlier.
    expect(server.watches.length).toBeGreaterThanOrEqual(3);
    expect(server.watches.length).toBeLessThanOrEqual(12);
  },
);

test.each(['ends', 'gone'] as const)(
  'a verification that waits for pods to start does not storm it either (%s)',
  async (manner) => {
    const clients = await serve(manner);
    server.collections.set(deploymentsPath, [deployment(0)]);
    const stop = new AbortController();
    const observe = patientObserver(
      createVerificationCluster(clients),
      { namespace, deployment: workload },
      stop.signal,
    );
    const seen = observe().catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    stop.abort();
    expect(await seen).toMatchObject({ name: 'AbortError' });
    expect(server.watches.length).toBeLessThanOrEqual(2 * 12);
  },
);

function podsReflector(
  clients: ReturnType<typeof createClusterClients>,
  onChange: () => void,
  signal: AbortSignal,
) {
  return startReflector<V1Pod>({
    ...{ watch: clients.watch, path: podsPath, selector: { labelSelector: 'app=tensafe' } },
    list: () => clients.core.listNamespacedPod({ namespace }),
    ...{ onChange, signal },
  });
}
