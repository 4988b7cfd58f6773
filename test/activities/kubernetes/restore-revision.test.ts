import { expect, test } from '@jest/globals';
import type { ObservedTarget } from '../../../src/domain/observation.ts';
import type { Target } from '../../../src/domain/target.ts';
import type { RestoreRevisionResult } from '../../../src/activities/kubernetes/types.ts';
import { createClusterClients } from '../../../src/activities/kubernetes/clients.ts';
import { createRollbackActivities } from '../../../src/activities/kubernetes/rollback-activities.ts';
import { aNamespace, useCluster } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { withoutStatus } from '../../support/without-status.ts';
import { activitiesOf, appsOf, image, noHelm, readDeployment, run, tensafe, workload } from './bench.ts';

const cluster = useCluster();
const path = '/spec/template/spec/containers/0';

async function installed(): Promise<{ target: Target; recorded: ObservedTarget }> {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.0.0' });
  const target = tensafe(cluster().config, namespace);
  await complete(target, '4.0.0');
  return { target, recorded: await run(activitiesOf(cluster().config).observeTarget, { target }) };
}

async function complete(target: Target, tag: string): Promise<void> {
  const wait = { target, image: image(tag), timeoutSeconds: 180 };
  expect(await run(activitiesOf(cluster().config).awaitRollout, wait)).toMatchObject({ outcome: 'complete' });
}

async function release(target: Target, tag: string): Promise<void> {
  await run(activitiesOf(cluster().config).setImage, { target, image: image(tag) });
}

async function patch({ environment }: Target, ...body: readonly object[]): Promise<void> {
  await appsOf(cluster()).patchNamespacedDeployment({
    name: workload,
    namespace: environment.namespace,
    body,
  });
}

function restore(target: Target, recorded: ObservedTarget, tag = '4.1.0'): Promise<RestoreRevisionResult> {
  return run(activitiesOf(cluster().config).restoreRevision, { target, recorded, image: image(tag) });
}

test.concurrent(
  'the recorded template returns whole, and replicas that an autoscaler moved stay',
  async () => {
    const { target, recorded } = await installed();
    const before = await readDeployment(cluster(), target.environment.namespace);
    // What a chart may change besides the image.
    await patch(
      target,
      { op: 'replace', path: `${path}/image`, value: image('4.1.0') },
      { op: 'add', path: `${path}/env`, value: [{ name: 'NEW_IN_4_1', value: 'yes' }] },
      { op: 'replace', path: '/spec/replicas', value: 3 },
    );
    await complete(target, '4.1.0');
    expect(await restore(target, recorded)).toEqual({
      outcome: 'restored',
      image: image('4.0.0'),
      revision: '3',
      replaced: ['template.spec.containers[tensafe].env'],
    });

    const after = await readDeployment(cluster(), target.environment.namespace);
    expect(after.spec?.template).toEqual(before.spec?.template);
    expect(after.spec?.replicas).toBe(3);
    await complete(target, '4.0.0');
    // The very ReplicaSet again, not a copy of it.
    const observed = await run(activitiesOf(cluster().config).observeTarget, { target });
    expect(observed.deployment).toMatchObject({ replicaSet: recorded.deployment.replicaSet, replicas: 3 });
  },
);

test.concurrent('repeating it changes nothing', async () => {
  const { target, recorded } = await installed();
  await release(target, '4.1.0');
  await restore(target, recorded);
  await complete(target, '4.0.0');
  const before = await readDeployment(cluster(), target.environment.namespace);
  expect(await restore(target, recorded)).toEqual({
    outcome: 'alreadyThere',
    image: image('4.0.0'),
    revision: '3',
  });
  const after = await readDeployment(cluster(), target.environment.namespace);
  // Its controller may write the status at any time, and nothing else.
  expect(withoutStatus(after)).toEqual(withoutStatus(before));
});

test.concurrent('it returns to the recorded revision, where an undo would go one too far', async () => {
  const { target, recorded: first } = await installed();
  await release(target, '4.0.5');
  await complete(target, '4.0.5');
  const recorded = await run(activitiesOf(cluster().config).observeTarget, { target });
  expect(recorded.deployment.revision).not.toBe(first.deployment.revision);
  // The release asked for what was there: no new revision, so the one before is 4.0.0.
  await release(target, '4.0.5');
  expect(await restore(target, recorded, '4.0.5')).toMatchObject({
    outcome: 'alreadyThere',
    image: image('4.0.5'),
  });
});

test.concurrent('what somebody else put there during the release is left alone', async () => {
  const { target, recorded } = await installed();
  await release(target, '4.1.0');
  await patch(target, { op: 'replace', path: `${path}/image`, value: image('4.2.0') });
  expect(await restore(target, recorded)).toMatchObject({
    outcome: 'leftAlone',
    image: image('4.2.0'),
    reason: expect.stringContaining('somebody changed it'),
  });
  await patch(
    target,
    { op: 'replace', path: `${path}/image`, value: image('4.0.0') },
    { op: 'add', path: `${path}/env`, value: [{ name: 'BY_HAND', value: 'yes' }] },
  );
  expect(await restore(target, recorded)).toMatchObject({ outcome: 'leftAlone', image: image('4.0.0') });
});

test.concurrent('when the recorded ReplicaSet is gone, the recorded image is set', async () => {
  const { target, recorded } = await installed();
  const { namespace } = target.environment;
  await release(target, '4.1.0');
  await complete(target, '4.1.0');
  await patch(target, { op: 'replace', path: '/spec/revisionHistoryLimit', value: 0 });
  await gone(namespace, recorded.deployment.replicaSet);
  expect(await restore(target, recorded)).toMatchObject({ outcome: 'restored', image: image('4.0.0') });
  await complete(target, '4.0.0');
  expect(await restore(target, recorded)).toMatchObject({ outcome: 'alreadyThere' });
});

async function gone(namespace: string, replicaSet: string): Promise<void> {
  for (;;) {
    const { items } = await appsOf(cluster()).listNamespacedReplicaSet({ namespace });
    if (items.every(({ metadata }) => metadata?.name !== replicaSet)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test.concurrent('a Deployment that was created anew is for a person to look at', async () => {
  const { target, recorded } = await installed();
  const other = { ...recorded, deployment: { ...recorded.deployment, uid: 'another' } };
  await expect(restore(target, other)).rejects.toMatchObject({ type: 'ChangedByOther', nonRetryable: true });
});

test.concurrent('what a way back has left is known as such until it is released again', async () => {
  const { target, recorded } = await installed();
  const { observeTarget, restoreRevision } = activitiesOf(cluster().config);
  const { listRevisions } = createRollbackActivities({
    clusters: (context) => createClusterClients(cluster().config, context),
    helm: noHelm,
  });
  const left = async () => {
    const { revisions } = await run(listRevisions, { target });
    return revisions.map(({ image: of, revision, left: is = false }) => [of, revision, is]);
  };
  await release(target, '4.1.0');
  const back = { target, recorded, image: image('4.1.0'), leaves: true };
  expect(await run(restoreRevision, back)).toMatchObject({ outcome: 'restored' });
  await complete(target, '4.0.0');
  expect(await left()).toEqual([
    [image('4.0.0'), 3, false],
    [image('4.1.0'), 2, true],
  ]);

  await release(target, '4.1.0');
  await complete(target, '4.1.0');
  expect(await left()).toEqual([
    [image('4.1.0'), 4, false],
    [image('4.0.0'), 3, false],
  ]);
  const again = {
    target,
    recorded: await run(observeTarget, { target }),
    image: image('4.2.0'),
    leaves: true,
  };
  await release(target, '4.2.0');
  await run(restoreRevision, again);
  await complete(target, '4.1.0');
  expect(await left()).toEqual([
    [image('4.1.0'), 6, false],
    [image('4.2.0'), 5, true],
    [image('4.0.0'), 3, false],
  ]);
});
