import { beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { V1ConfigMap, V1Deployment } from '@kubernetes/client-node';
import type { HelmReader } from '../../../src/activities/helm/types.ts';
import type { BackupRef } from '../../../src/domain/backup.ts';
import type { Target } from '../../../src/domain/target.ts';
import { aNamespace, useCluster } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import {
  activitiesOf,
  appsOf,
  coreOf,
  environment,
  image,
  noHelm,
  readDeployment,
  run,
  tensafe,
  workload,
} from './bench.ts';

const cluster = useCluster();

let target: Target;
beforeAll(async () => {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.0.0', autoscaler: true });
  const helm = { release: 'tensafe', chart: '/charts/tensafe', imageTagValue: 'image.tag' };
  target = tensafe(cluster().config, namespace, { helm });
  const env = [
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'DB_PASSWORD', value: 'hunter2' },
    { name: 'DATABASE_URL', value: 'postgres://app:hunter2@db/app' },
    { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
  ];
  // Until its controller has seen it, it has no annotations to add one to.
  await run(activitiesOf(cluster().config).observeTarget, { target });
  await appsOf(cluster()).patchNamespacedDeployment({
    name: workload,
    namespace,
    body: [
      { op: 'add', path: '/spec/template/spec/containers/0/env', value: env },
      {
        op: 'add',
        path: '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration',
        value: '{"password":"hunter2"}',
      },
    ],
  });
});

const helm: HelmReader = {
  ...noHelm,
  observeRelease: () =>
    Promise.resolve({
      name: 'tensafe',
      revision: 8,
      status: 'failed',
      deployedRevision: 7,
      chart: 'tensafe-1.0.0',
      updatedAt: '2026-02-03T09:00:00Z',
    }),
};

function backUp(key: string, of: Target = target): Promise<BackupRef> {
  return run(activitiesOf(cluster().config, { helm }).backUpTarget, { target: of, key });
}

async function backups(): Promise<readonly V1ConfigMap[]> {
  const { namespace } = target.environment;
  const labelSelector = 'app.kubernetes.io/managed-by=fairway,fairway.dev/service=tensafe';
  return (await coreOf(cluster()).listNamespacedConfigMap({ namespace, labelSelector })).items;
}

test('a backup holds the objects as they can be applied again, and no secret value', async () => {
  const ref = await backUp('release-1');
  expect(ref).toMatchObject({ image: image('4.0.0'), replicas: 2, helmRevision: 7 });
  expect(ref.objects).toEqual([
    `Deployment/${workload}`,
    `Service/${workload}`,
    `HorizontalPodAutoscaler/${workload}`,
  ]);
  expect(ref.configMap).toMatch(/^fairway-backup-tensafe-\d{8}-\d{6}$/);

  const { namespace } = target.environment;
  const { data = {} } = await coreOf(cluster()).readNamespacedConfigMap({ name: ref.configMap, namespace });
  expect(JSON.stringify(data)).not.toContain('hunter2');
  const text = data[`deployment.${workload}.yaml`] ?? '';
  const stored = parse(text) as V1Deployment;
  expect(stored.status).toBeUndefined();
  expect(stored.metadata).not.toHaveProperty('managedFields');
  expect(stored.spec?.template.spec?.containers[0]?.env).toEqual([
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'DB_PASSWORD', value: '(redacted by fairway)' },
    { name: 'DATABASE_URL', value: 'postgres://(redacted by fairway)@db/app' },
    { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
  ]);
  expect(parse(data['backup.yaml'] ?? '')).toMatchObject({
    image: image('4.0.0'),
    observed: { helm: { deployedRevision: 7 } },
  });

  // The API server accepts what was stored, and would change nothing but the redacted values.
  const live = await readDeployment(cluster(), namespace);
  const applied = await appsOf(cluster()).replaceNamespacedDeployment({
    name: workload,
    namespace,
    body: stored,
    dryRun: 'All',
  });
  expect(applied.spec?.selector).toEqual(live.spec?.selector);
  expect(applied.spec?.template.spec?.containers[0]?.image).toBe(image('4.0.0'));
});

test('a repeated key finds its own backup, also when both attempts run at once', async () => {
  const count = (await backups()).length;
  // Attempts of one activity: scheduled at one time.
  const scheduledAt = Date.now();
  const { backUpTarget } = activitiesOf(cluster().config, { helm });
  const attempt = () => environment(scheduledAt).run(backUpTarget, { target, key: 'release-2' });
  const [first, second] = await Promise.all([attempt(), attempt()]);
  expect(second).toEqual(first);
  expect(await backUp('release-2')).toEqual(first);
  expect(await backups()).toHaveLength(count + 1);
});

test('the newest ten of a service are kept, and other ConfigMaps are not touched', async () => {
  const { namespace } = target.environment;
  await coreOf(cluster()).createNamespacedConfigMap({
    namespace,
    body: { metadata: { name: 'theirs', labels: { 'app.kubernetes.io/managed-by': 'fairway' } } },
  });
  const made: string[] = [];
  for (let release = 10; release < 22; release += 1)
    made.push((await backUp(`release-${release}`)).configMap);
  expect(new Set(made).size).toBe(12);
  const names = (await backups()).map(({ metadata }) => metadata?.name);
  expect(names).toHaveLength(10);
  expect(names).toContain(made.at(-1));
  await coreOf(cluster()).readNamespacedConfigMap({ name: 'theirs', namespace });
});
