/** An undo goes back over its own release's revisions only. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHelmActivities } from '../../../src/activities/helm/index.ts';
import type { HelmActivities, UndoneChange } from '../../../src/activities/helm/types.ts';
import { useCluster } from '../../support/cluster.ts';
import { createHelmSandbox, helmBinary, inActivity, type HelmSandbox } from './helm-sandbox.ts';

const cluster = useCluster();
let sandbox: HelmSandbox;
let activities: HelmActivities;

beforeEach(async () => {
  sandbox = await createHelmSandbox(cluster());
  activities = createHelmActivities({
    binary: helmBinary(),
    kubeconfig: sandbox.kubeconfig,
    pendingGraceSeconds: 0,
  });
  await sandbox.helm('install', 'tensafe', sandbox.chart, '--set-string', 'image.tag=4.0.0');
});

afterEach(() => sandbox.remove());

function upgrade(tag: string, run = 'release-1/run') {
  const call = { target: sandbox.target(), tag, key: `${run}/update` };
  return inActivity(() => activities.upgradeHelmRelease(call));
}

function undo(change: Partial<UndoneChange> = {}) {
  const undoes = { after: 1, run: 'release-1/run', replicas: 3, ...change };
  const call = { target: sandbox.target(), revision: 1, key: 'release-1/run/rollback', undoes };
  return inActivity(() => activities.rollBackHelmRelease(call));
}

function byHand(...args: readonly string[]) {
  return sandbox.helm('upgrade', 'tensafe', sandbox.chart, '--reuse-values', ...args);
}

const breaks = ['--set', 'podDisruptionBudget.minAvailable=many'];

test('what a person upgraded meanwhile is left as it is, also where it runs the same image', async () => {
  await upgrade('4.1.0');
  await byHand('--set', 'config.LOG_LEVEL=debug');

  await expect(undo()).rejects.toMatchObject({
    type: 'ChangedByOther',
    nonRetryable: true,
    message: expect.stringMatching(
      /has revision 3 \(deployed, .*somebody worked on it meanwhile.*helm rollback tensafe 1 -n helm-/,
    ),
  });
  expect(await sandbox.history()).toHaveLength(3);
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.1.0');
});

test('neither another release’s upgrade nor a person’s rollback to elsewhere is undone', async () => {
  await upgrade('4.1.0', 'release-2/run');
  await expect(undo()).rejects.toMatchObject({ type: 'ChangedByOther' });
  await sandbox.helm('rollback', 'tensafe', '1');
  await upgrade('4.1.0');
  await sandbox.helm('rollback', 'tensafe', '2');
  await expect(undo({ after: 3 })).rejects.toMatchObject({ type: 'ChangedByOther' });
});

test('a person’s upgrade that failed on top is left, and an own one that failed is rolled back', async () => {
  await upgrade('4.1.0');
  await expect(byHand(...breaks)).rejects.toThrow('UPGRADE FAILED');
  await expect(undo()).rejects.toMatchObject({ type: 'ChangedByOther' });

  await expect(byHand(...breaks, '--labels', 'fairway-revision=4')).rejects.toThrow('UPGRADE FAILED');
  expect(await undo()).toMatchObject({ revision: 5 });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.0.0');
});

test('a rollback’s own way there, and a person’s to where the undo goes, are no obstacle', async () => {
  await upgrade('4.1.0', 'release-0/run');
  await sandbox.helm('rollback', 'tensafe', '1');
  await sandbox.helm('rollback', 'tensafe', '2');
  expect(await undo({ after: 2, rolledBackTo: 2 })).toMatchObject({ revision: 5 });
});
