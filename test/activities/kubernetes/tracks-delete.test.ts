import { expect, test } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import { CancelledFailure } from '@temporalio/common';
import { useCluster } from '../../support/cluster.ts';
import { untilSeen } from '../../support/cluster-watch.ts';
import { appsOf, coreOf, environment, run, workload } from './bench.ts';
import { canaryOf, installed, readNamed, tracksOf } from './tracks-bench.ts';

const cluster = useCluster();
const canary = `${workload}-canary`;

test('a Deployment without Fairway’s marks is never deleted, whatever its name', async () => {
  const target = await installed(cluster());
  const { deleteTrack } = tracksOf(cluster().config);
  const labels = { app: 'theirs', 'fairway.dev/track': 'canary' };
  await appsOf(cluster()).createNamespacedDeployment({
    namespace: target.environment.namespace,
    body: {
      metadata: { name: canary, labels },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a:1' }] } },
      },
    },
  });
  await expect(run(deleteTrack, { target, track: 'canary' })).rejects.toMatchObject({
    type: 'ChangedByOther',
    nonRetryable: true,
  });
  expect((await readNamed(cluster(), target, canary)).metadata?.deletionTimestamp).toBeUndefined();
});

test('a track whose pods take their time is waited for by the next call, too, and cannot be made anew meanwhile', async () => {
  const target = await installed(cluster());
  const { namespace } = target.environment;
  const { awaitEndpoints, createTrack, deleteTrack } = tracksOf(cluster().config);
  await run(createTrack, canaryOf(target));
  const expected = [
    { deployment: workload, ready: 2 },
    { deployment: canary, ready: 1 },
  ];
  await run(awaitEndpoints, { target, expected, timeoutSeconds: 180 });
  const labelSelector = 'fairway.dev/track=canary';
  const [pod] = (await coreOf(cluster()).listNamespacedPod({ namespace, labelSelector })).items;
  const name = pod?.metadata?.name ?? '';
  const finalizers = (value: string[]) =>
    coreOf(cluster()).patchNamespacedPod({
      name,
      namespace,
      body: [{ op: 'add', path: '/metadata/finalizers', value }],
    });
  await finalizers(['example.com/slow']);

  const first = environment();
  const lost = first.run(deleteTrack, { target, track: 'canary' as const });
  await appearsGoing();
  first.cancel();
  await expect(lost).rejects.toBeInstanceOf(CancelledFailure);
  await expect(run(createTrack, canaryOf(target))).rejects.toMatchObject({
    type: 'Conflict',
    nonRetryable: false,
  });

  let isOver = false;
  const second = run(deleteTrack, { target, track: 'canary' }).finally(() => (isOver = true));
  const { metadata } = await coreOf(cluster()).readNamespacedPod({ name, namespace });
  expect(metadata?.deletionTimestamp).toBeDefined();
  expect(isOver).toBe(false);
  await finalizers([]);
  expect(await second).toEqual({ deleted: true });
  await expect(coreOf(cluster()).readNamespacedPod({ name, namespace })).rejects.toMatchObject({ code: 404 });

  async function appearsGoing(): Promise<void> {
    await untilSeen<V1Pod>(
      cluster(),
      { path: `/api/v1/namespaces/${namespace}/pods`, wish: 'a pod that is going' },
      (each) => each.metadata?.name === name && each.metadata.deletionTimestamp !== undefined,
    );
  }
});

test('a pod that does not end is not waited for without end, once it gets no requests, and is counted', async () => {
  const target = await installed(cluster());
  const { namespace } = target.environment;
  const { awaitEndpoints, createTrack, deleteTrack } = tracksOf(cluster().config);
  await run(createTrack, canaryOf(target, { replicas: 2 }));
  const both = [
    { deployment: workload, ready: 2 },
    { deployment: canary, ready: 2 },
  ];
  await run(awaitEndpoints, { target, expected: both, timeoutSeconds: 180 });
  const labelSelector = 'fairway.dev/track=canary';
  const [pod] = (await coreOf(cluster()).listNamespacedPod({ namespace, labelSelector })).items;
  const name = pod?.metadata?.name ?? '';
  const hold = (value: string[]) =>
    coreOf(cluster()).patchNamespacedPod({
      name,
      namespace,
      body: [{ op: 'add', path: '/metadata/finalizers', value }],
    });
  await hold(['example.com/never']);
  const input = { target, track: 'canary' as const, patienceSeconds: 2 };
  expect(await run(deleteTrack, input)).toMatchObject({ deleted: true, leaving: expect.any(Number) });
  const stable = [{ deployment: workload, ready: 2 }];
  expect(await run(awaitEndpoints, { target, expected: stable, timeoutSeconds: 180 })).toMatchObject({
    outcome: 'proven',
  });
  // Asked again, it is the one that is held alone.
  expect(await run(deleteTrack, { ...input, patienceSeconds: 25 })).toEqual({ deleted: true, leaving: 1 });
  await hold([]);
  expect(await run(deleteTrack, { ...input, patienceSeconds: 60 })).toEqual({ deleted: expect.any(Boolean) });
});
