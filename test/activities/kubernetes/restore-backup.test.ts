import { expect, test } from '@jest/globals';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { createClusterClients } from '../../../src/activities/kubernetes/clients.ts';
import { releasePermissions, rollbackPermissions } from '../../../src/activities/kubernetes/permissions.ts';
import { createRollbackActivities } from '../../../src/activities/kubernetes/rollback-activities.ts';
import type { RollbackActivities } from '../../../src/activities/kubernetes/rollback-types.ts';
import type { Target } from '../../../src/domain/target.ts';
import { aNamespace, useCluster } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { accountWith } from './account.ts';
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
import { readAutoscaler } from './tracks-bench.ts';

const cluster = useCluster();
const container = '/spec/template/spec/containers/0';

function rollbacks(config = cluster().config): RollbackActivities {
  return createRollbackActivities({
    clusters: (context) => createClusterClients(config, context),
    helm: noHelm,
  });
}

async function installed(autoscaler = false): Promise<Target> {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.0.0', autoscaler });
  const target = tensafe(cluster().config, namespace);
  await complete(target, '4.0.0');
  return target;
}

async function complete(target: Target, tag: string): Promise<void> {
  const wait = { target, image: image(tag), timeoutSeconds: 180 };
  expect(await run(activitiesOf(cluster().config).awaitRollout, wait)).toMatchObject({ outcome: 'complete' });
}

async function release(target: Target, tag: string): Promise<void> {
  await run(activitiesOf(cluster().config).setImage, { target, image: image(tag) });
  await complete(target, tag);
}

async function backUp(target: Target, key = 'k'): Promise<string> {
  return (await run(activitiesOf(cluster().config).backUpTarget, { target, key })).configMap;
}

async function patch({ environment }: Target, ...body: readonly object[]): Promise<void> {
  await appsOf(cluster()).patchNamespacedDeployment({
    name: workload,
    namespace: environment.namespace,
    body,
  });
}

function env(password: string): object {
  const value = [
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'DB_PASSWORD', value: password },
  ];
  return { op: 'add', path: `${container}/env`, value };
}

test.concurrent(
  'the history names each ReplicaSet, the numbers that it had before, and the backups',
  async () => {
    const target = await installed();
    await release(target, '4.1.0');
    await run(activitiesOf(cluster().config).restartRollout, { target, key: 'again' });
    await complete(target, '4.1.0');
    await release(target, '4.0.0');
    const configMap = await backUp(target);
    const { revisions, backups, helm } = await run(rollbacks().listRevisions, { target });
    // Setting 4.0.0 again keeps the mark of the restart, so it is a revision of its own.
    expect(revisions.map(({ revision, image: of }) => [revision, of])).toEqual([
      [4, image('4.0.0')],
      [3, image('4.1.0')],
      [2, image('4.1.0')],
      [1, image('4.0.0')],
    ]);
    const [fourth, third, second, first] = revisions.map(({ contentDigest }) => contentDigest);
    expect(third).toBe(second);
    expect(fourth).toBe(first);
    expect(first).not.toBe(second);
    expect(backups.map((backup) => backup.configMap)).toEqual([configMap]);
    expect(helm).toBeUndefined();
  },
);

test.concurrent(
  'a backup brings template and Service back, with the secret values of the time, and takes no pods away',
  async () => {
    const target = await installed();
    const { namespace } = target.environment;
    await patch(target, env('hunter2'));
    await complete(target, '4.0.0');
    const configMap = await backUp(target);
    expect(await run(rollbacks().compareBackup, { target, configMap })).toEqual({
      changes: [],
      kept: [],
      problems: [],
    });

    await patch(
      target,
      env('correct-horse'),
      { op: 'replace', path: `${container}/image`, value: image('4.1.0') },
      { op: 'replace', path: '/spec/replicas', value: 3 },
    );
    await coreOf(cluster()).patchNamespacedService(
      { name: workload, namespace, body: { spec: { sessionAffinity: 'ClientIP' } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    const { changes, kept } = await run(rollbacks().compareBackup, { target, configMap });
    expect(kept).toEqual([
      `Deployment/${workload}: spec.replicas stays 3, as 2 of the backup would take pods away`,
    ]);
    expect(changes).toEqual(
      expect.arrayContaining([
        `Deployment/${workload}: spec.template.spec.containers[tensafe].image`,
        `Deployment/${workload}: spec.template.spec.containers[tensafe].env[DB_PASSWORD].value`,
        `Service/${workload}: spec.sessionAffinity`,
      ]),
    );
    expect(JSON.stringify(changes)).not.toMatch(/hunter2|correct-horse/);

    const input = { target, configMap, ours: [image('4.1.0')] };
    expect(await run(rollbacks().restoreBackup, input)).toMatchObject({
      changed: true,
      image: image('4.0.0'),
    });
    const { spec, metadata } = await readDeployment(cluster(), namespace);
    expect(spec?.replicas).toBe(3);
    expect(spec?.template.spec?.containers[0]?.env?.[1]).toEqual({ name: 'DB_PASSWORD', value: 'hunter2' });
    const service = await coreOf(cluster()).readNamespacedService({ name: workload, namespace });
    expect(service.spec?.sessionAffinity).toBe('None');

    expect(await run(rollbacks().restoreBackup, input)).toMatchObject({ changed: false });
    await complete(target, '4.0.0');
    const after = await readDeployment(cluster(), namespace);
    expect(after.metadata?.generation).toBe(metadata?.generation);
  },
);

test.concurrent(
  'without the ReplicaSet of the time, a redacted value stays as it is, and one that is nowhere is a problem',
  async () => {
    const target = await installed();
    const { namespace } = target.environment;
    await patch(target, env('hunter2'));
    await complete(target, '4.0.0');
    const configMap = await backUp(target);
    const { items } = await appsOf(cluster()).listNamespacedReplicaSet({ namespace });
    await patch(target, env('correct-horse'), {
      op: 'replace',
      path: '/spec/revisionHistoryLimit',
      value: 0,
    });
    await complete(target, '4.0.0');
    await gone(
      namespace,
      items.map(({ metadata }) => metadata?.name ?? ''),
    );

    const kept = `Deployment/${workload}: spec.template.spec.containers[tensafe].env[DB_PASSWORD].value is redacted in the backup and stays as it is`;
    expect(await run(rollbacks().compareBackup, { target, configMap })).toMatchObject({
      kept: [kept],
      problems: [],
    });
    await run(rollbacks().restoreBackup, { target, configMap, ours: [] });
    const { spec } = await readDeployment(cluster(), namespace);
    expect(spec?.template.spec?.containers[0]?.env?.[1]?.value).toBe('correct-horse');

    await patch(target, { op: 'remove', path: `${container}/env` });
    expect(await run(rollbacks().compareBackup, { target, configMap })).toMatchObject({
      problems: [{ rule: 'value-redacted' }],
    });
    await expect(run(rollbacks().restoreBackup, { target, configMap, ours: [] })).rejects.toMatchObject({
      type: 'InvalidObject',
    });
  },
);

async function gone(namespace: string, names: readonly string[]): Promise<void> {
  for (;;) {
    const { items } = await appsOf(cluster()).listNamespacedReplicaSet({ namespace });
    if (items.every(({ metadata }) => !names.includes(metadata?.name ?? ''))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test.concurrent('an autoscaler keeps its replicas and gets its own limits back', async () => {
  const target = await installed(true);
  const configMap = await backUp(target);
  await patch(target, { op: 'replace', path: '/spec/replicas', value: 5 });
  await setLimits(target, { minReplicas: 5 });
  const { changes, kept } = await run(rollbacks().compareBackup, { target, configMap });
  expect(changes).toEqual([`HorizontalPodAutoscaler/${workload}: spec.minReplicas 5 → 2`]);
  expect(kept).toEqual([`Deployment/${workload}: spec.replicas are the autoscaler's`]);
  await run(rollbacks().restoreBackup, { target, configMap, ours: [] });
  const { spec } = await readAutoscaler(cluster(), target);
  expect(spec?.minReplicas).toBe(2);
});

async function setLimits({ environment: { namespace } }: Target, spec: object): Promise<void> {
  const { autoscaling } = createClusterClients(cluster().config, cluster().config.currentContext);
  await autoscaling.patchNamespacedHorizontalPodAutoscaler(
    { name: workload, namespace, body: { spec } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
}

test.concurrent(
  'pods that went since come back, and an autoscaler keeps the room that is in use',
  async () => {
    const scaled = await installed(true);
    const configMap = await backUp(scaled);
    await setLimits(scaled, { minReplicas: 12, maxReplicas: 20 });
    await patch(scaled, { op: 'replace', path: '/spec/replicas', value: 12 });
    expect(await run(rollbacks().compareBackup, { target: scaled, configMap })).toMatchObject({
      changes: [`HorizontalPodAutoscaler/${workload}: spec.minReplicas 12 → 2`],
      kept: [
        `Deployment/${workload}: spec.replicas are the autoscaler's`,
        `HorizontalPodAutoscaler/${workload}: spec.maxReplicas stays 20, as 10 of the backup would take pods away`,
      ],
    });

    const plain = await installed();
    const plainBackup = await backUp(plain);
    await patch(plain, { op: 'replace', path: '/spec/replicas', value: 1 });
    await run(rollbacks().restoreBackup, { target: plain, configMap: plainBackup, ours: [] });
    expect((await readDeployment(cluster(), plain.environment.namespace)).spec?.replicas).toBe(2);
  },
);

test.concurrent('what somebody else put there, and what is no backup, is left alone', async () => {
  const target = await installed();
  const { namespace } = target.environment;
  const configMap = await backUp(target);
  await run(activitiesOf(cluster().config).setImage, { target, image: image('9.9.9') });
  await expect(
    run(rollbacks().restoreBackup, { target, configMap, ours: [image('4.1.0')] }),
  ).rejects.toMatchObject({ type: 'ChangedByOther', nonRetryable: true });
  await coreOf(cluster()).createNamespacedConfigMap({ namespace, body: { metadata: { name: 'theirs' } } });
  await expect(run(rollbacks().compareBackup, { target, configMap: 'theirs' })).rejects.toMatchObject({
    type: 'NotFound',
    message: expect.stringContaining('is no backup of tensafe'),
  });
});

test.concurrent('the least rights of a rollback are enough', async () => {
  const target = await installed();
  const rights = [...releasePermissions, ...rollbackPermissions];
  const config = await accountWith(cluster(), target.environment.namespace, 'rollback', rights);
  const configMap = await backUp(target);
  await patch(target, { op: 'replace', path: '/spec/replicas', value: 1 });
  const { problems } = await run(activitiesOf(config).preflight, { target });
  expect(problems.filter(({ rule }) => rule === 'permission-missing')).toEqual([]);
  await run(rollbacks(config).listRevisions, { target });
  expect(await run(rollbacks(config).restoreBackup, { target, configMap, ours: [] })).toMatchObject({
    changed: true,
  });
});
