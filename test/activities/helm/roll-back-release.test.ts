import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHelmActivities } from '../../../src/activities/helm/index.ts';
import type { HelmActivities } from '../../../src/activities/helm/types.ts';
import { useCluster } from '../../support/cluster.ts';
import { createHelmSandbox, helmBinary, inActivity, type HelmSandbox } from './helm-sandbox.ts';

const cluster = useCluster();
let sandbox: HelmSandbox;
let activities: HelmActivities;

beforeEach(async () => {
  sandbox = await createHelmSandbox(cluster());
  activities = createHelmActivities({ binary: helmBinary(), kubeconfig: sandbox.kubeconfig });
  await sandbox.helm(
    ...['install', 'tensafe', sandbox.chart],
    ...['--set-string', 'image.tag=4.0.0', '--set', 'config.LOG_LEVEL=debug'],
  );
});

afterEach(() => sandbox.remove());

function upgrade(tag: string) {
  const call = { target: sandbox.target(), tag, key: `release-${tag}/upgrade` };
  return inActivity(() => activities.upgradeHelmRelease(call));
}

function rollBack(revision: number) {
  const call = { target: sandbox.target(), revision, key: 'release-1/undo' };
  return inActivity(() => activities.rollBackHelmRelease(call));
}

test('a rollback returns to the numbered revision, not to the previous one, and repeating it runs nothing', async () => {
  await upgrade('4.1.0');
  await sandbox.helm(
    ...['upgrade', 'tensafe', sandbox.chart, '--reuse-values'],
    ...['--set-string', 'image.tag=4.2.0', '--set', 'config.LOG_LEVEL=warn'],
  );

  const result = await rollBack(1);

  expect(result).toEqual({ revision: 4, chart: 'tensafe-1.0.0' });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.0.0');
  const { core, namespace } = sandbox;
  const config = await core.readNamespacedConfigMap({ name: 'tensafe-config', namespace });
  expect(config.data).toEqual({ LOG_LEVEL: 'debug' });

  expect(await rollBack(1)).toEqual(result);
  expect(await sandbox.history()).toHaveLength(4);
});

test('there is nothing to do when the wanted revision is the newest', async () => {
  await upgrade('4.1.0');
  expect(await rollBack(2)).toEqual({ revision: 2, chart: 'tensafe-1.0.0' });
  expect(await sandbox.history()).toHaveLength(2);
});

test('a failed upgrade on top of the wanted revision is rolled back', async () => {
  await expect(
    sandbox.helm(
      'upgrade',
      'tensafe',
      sandbox.chart,
      '--reuse-values',
      '--set',
      'image.repository=UPPER CASE',
    ),
  ).resolves.toBeDefined();
  await expect(
    sandbox.helm(
      'upgrade',
      'tensafe',
      sandbox.chart,
      '--reuse-values',
      '--set',
      'service.type=NodePort',
      '--set',
      'podDisruptionBudget.minAvailable=many',
    ),
  ).rejects.toThrow('UPGRADE FAILED');
  expect((await sandbox.history()).at(-1)).toMatchObject({ revision: 3, status: 'failed' });

  expect(await rollBack(1)).toEqual({ revision: 4, chart: 'tensafe-1.0.0' });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.0.0');
});

test('a rollback whose helm died is done again', async () => {
  await upgrade('4.1.0');
  await sandbox.helm('rollback', 'tensafe', '1');
  await sandbox.editRevision(3, (release) => {
    release.info.status = 'pending-rollback';
  });

  const { target } = sandbox;
  const impatient = createHelmActivities({
    binary: helmBinary(),
    kubeconfig: sandbox.kubeconfig,
    pendingGraceSeconds: 0,
  });
  await expect(
    inActivity(() => impatient.rollBackHelmRelease({ target: target(), revision: 1, key: 'undo' })),
  ).resolves.toEqual({ revision: 4, chart: 'tensafe-1.0.0' });
  expect((await sandbox.history()).at(-1)).toMatchObject({
    status: 'deployed',
    description: 'Rollback to 1',
  });
});

test('a revision that is no longer stored is named together with those that are', async () => {
  await expect(rollBack(7)).rejects.toMatchObject({
    type: 'NotFound',
    nonRetryable: true,
    message: expect.stringContaining('has no revision 7 any more; it has 1 to 1'),
  });
  expect(await sandbox.history()).toHaveLength(1);
});
