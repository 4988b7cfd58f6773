import { beforeAll, afterAll, expect, test } from '@jest/globals';
import { createHelmActivities, createHelmReader } from '../../../src/activities/helm/index.ts';
import { helmPermissions } from '../../../src/activities/helm/permissions.ts';
import { chartObjectVerbs } from '../../../src/activities/kubernetes/chart-permissions.ts';
import type { Permission } from '../../../src/activities/kubernetes/permissions.ts';
import { useCluster } from '../../support/cluster.ts';
import { serviceAccountWith } from '../../support/service-account.ts';
import { createHelmSandbox, helmBinary, inActivity, type HelmSandbox } from './helm-sandbox.ts';

const cluster = useCluster();
let sandbox: HelmSandbox;

beforeAll(async () => {
  sandbox = await createHelmSandbox(cluster());
  await sandbox.helm('install', 'tensafe', sandbox.chart, '--set-string', 'image.tag=4.0.0');
});

afterAll(() => sandbox.remove());

/** A kubeconfig whose only user may do just this, in the sandbox's namespace. */
async function kubeconfigWith(name: string, permissions: readonly Permission[]): Promise<string> {
  const { namespace, folder } = sandbox;
  const rules = permissions.map(({ group, resource, verbs }) => ({
    apiGroups: [group],
    resources: [resource],
    verbs: [...verbs],
  }));
  const account = await serviceAccountWith(cluster().config, { namespace, name, rules, folder });
  return account.kubeconfig;
}

test('looking takes the listed rights, and with them nothing can be changed', async () => {
  const byImage = { service: { ...sandbox.target().service, update: 'image' as const } };
  const deps = { binary: helmBinary(), kubeconfig: await kubeconfigWith('reader', helmPermissions(byImage)) };
  const reader = createHelmReader(deps);
  const target = sandbox.target();

  expect(await reader.observeRelease(target)).toMatchObject({ manifestImage: 'tensafe/server:4.0.0' });
  expect(await reader.renderUpgrade(target, '4.1.0')).toMatchObject({ ok: true });
  await expect(
    inActivity(() => createHelmActivities(deps).upgradeHelmRelease({ target, tag: '4.1.0', key: 'k' })),
  ).rejects.toMatchObject({ type: 'Forbidden', nonRetryable: true });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.0.0');
});

test('changing takes the listed rights on storage and workload, and those on what else the chart holds', async () => {
  const chartKinds = [
    ['', 'configmaps'],
    ['', 'services'],
    ['policy', 'poddisruptionbudgets'],
  ] as const;
  const kubeconfig = await kubeconfigWith('writer', [
    ...helmPermissions(sandbox.target()),
    ...chartKinds.map(([group, resource]) => ({ group, resource, verbs: chartObjectVerbs, reason: '' })),
  ]);
  const activities = createHelmActivities({ binary: helmBinary(), kubeconfig });
  const target = sandbox.target();

  // More revisions than Helm keeps: the oldest are deleted.
  for (const tag of ['4.1.0', '4.2.0', '4.3.0', '4.4.0', '4.5.0', '4.6.0', '4.7.0', '4.8.0', '4.9.0']) {
    await inActivity(() => activities.upgradeHelmRelease({ target, tag, key: tag }));
  }
  expect(
    await inActivity(() => activities.rollBackHelmRelease({ target, revision: 9, key: 'undo' })),
  ).toMatchObject({ revision: 11 });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.8.0');
  expect(await sandbox.history()).toHaveLength(10);
});
