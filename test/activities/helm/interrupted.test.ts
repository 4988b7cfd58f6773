import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { execa } from 'execa';
import { createHelmActivities, createHelmReader } from '../../../src/activities/helm/index.ts';
import { toolsFolder, useCluster } from '../../support/cluster.ts';
import { createHelmSandbox, helmBinary, inActivity, type HelmSandbox } from './helm-sandbox.ts';

const cluster = useCluster();
let sandbox: HelmSandbox;

beforeEach(async () => {
  sandbox = await createHelmSandbox(cluster());
  await sandbox.helm('install', 'tensafe', sandbox.chart, '--set-string', 'image.tag=4.0.0');
});

afterEach(() => sandbox.remove());

/** A Pod that no node takes: helm waits for it, with its revision pending. */
const endlessHook = (when: string): string => `apiVersion: v1
kind: Pod
metadata:
  name: endless
  annotations:
    helm.sh/hook: ${when}
spec:
  restartPolicy: Never
  nodeSelector: { kubernetes.io/hostname: nowhere }
  containers: [{ name: wait, image: wait }]
`;

const hookFile = (): string => join(sandbox.chart, 'templates', 'endless.yaml');

/** helm behind a script that writes down its process id. */
async function traceableHelm(): Promise<{ readonly binary: string; pid(): Promise<number> }> {
  const binary = join(sandbox.folder, 'helm');
  const pidFile = join(sandbox.folder, 'pid');
  await writeFile(binary, `#!/bin/sh\necho $$ > '${pidFile}'\nexec '${helmBinary()}' "$@"\n`);
  await chmod(binary, 0o755);
  return { binary, pid: async () => Number(await readFile(pidFile, 'utf8')) };
}

/** Resolves when the hook's Pod exists: helm has written its revision and waits. */
async function hookRunning(): Promise<void> {
  await kubectl('wait', '--for=create', 'pod/endless', '--timeout=120s');
}

async function finishHook(): Promise<void> {
  const patch = JSON.stringify({ status: { phase: 'Succeeded' } });
  await kubectl('patch', 'pod/endless', '--subresource=status', '--type=merge', '--patch', patch);
}

async function kubectl(...args: readonly string[]): Promise<void> {
  await execa(join(toolsFolder(), 'kubectl'), [
    ...args,
    ...['--kubeconfig', sandbox.kubeconfig, '--context', sandbox.cluster, '--namespace', sandbox.namespace],
  ]);
}

function activitiesWith(binary: string, pendingGraceSeconds: number) {
  return createHelmActivities({ binary, kubeconfig: sandbox.kubeconfig, pendingGraceSeconds });
}

test.each([
  ['before it changed anything', 'pre-upgrade', 'tensafe/server:4.0.0'],
  ['after it changed the Deployment', 'post-upgrade', 'tensafe/server:4.1.0'],
])('an upgrade whose helm was killed %s is recovered and done', async (_when, hook, imageLeft) => {
  await writeFile(hookFile(), endlessHook(hook));
  const { binary, pid } = await traceableHelm();
  const call = { target: sandbox.target(), tag: '4.1.0', key: 'release-1/upgrade' };

  const killed = inActivity(() => activitiesWith(binary, 1).upgradeHelmRelease(call)).catch(
    (error: unknown) => error,
  );
  await hookRunning();
  process.kill(await pid(), 'SIGKILL');
  expect(await killed).toMatchObject({ type: 'HelmFailed', nonRetryable: false });
  expect(await sandbox.history()).toMatchObject([{ status: 'deployed' }, { status: 'pending-upgrade' }]);
  expect(await sandbox.clusterImage()).toBe(imageLeft);

  await rm(hookFile());
  const result = await inActivity(() => activitiesWith(helmBinary(), 1).upgradeHelmRelease(call));

  expect(result).toEqual({ revision: 4, chart: 'tensafe-1.0.0' });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.1.0');
  expect(await sandbox.history()).toMatchObject([
    { revision: 1, status: 'superseded' },
    { revision: 2, status: 'pending-upgrade' },
    { revision: 3, status: 'superseded', description: 'Rollback to 1' },
    { revision: 4, status: 'deployed', description: 'Fairway: 4.1.0 [release-1/upgrade]' },
  ]);
});

test('an upgrade that outlived its worker is waited for, not done twice', async () => {
  await writeFile(hookFile(), endlessHook('pre-upgrade'));
  // So long that it is still taken for one under way on a machine that is busy.
  const call = { target: sandbox.target({}, 300), tag: '4.1.0', key: 'release-1/upgrade' };
  const activities = activitiesWith(helmBinary(), 300);
  const pending = 'waiting for revision 2 (pending-upgrade)';
  const first = inActivity(() => activities.upgradeHelmRelease(call));
  await hookRunning();

  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const waiting = new Promise<void>((resolve) => {
    environment.on('heartbeat', (detail: unknown) => {
      if (detail === pending) resolve();
    });
  });
  const second = environment.run(activities.upgradeHelmRelease, call);
  await waiting;
  await finishHook();

  const done = { revision: 2, chart: 'tensafe-1.0.0' };
  expect(await Promise.all([first, second])).toEqual([done, done]);
  expect(await sandbox.history()).toHaveLength(2);
});

test('an upgrade by somebody else is refused while it may run, and recovered when it cannot any more', async () => {
  await writeFile(hookFile(), endlessHook('pre-upgrade'));
  const theirs = execa(helmBinary(), [
    ...['upgrade', 'tensafe', sandbox.chart, '--reuse-values', '--kubeconfig', sandbox.kubeconfig],
    ...['--kube-context', sandbox.cluster, '--namespace', sandbox.namespace],
  ]);
  await hookRunning();
  theirs.kill('SIGKILL');
  await theirs.catch(() => undefined);
  await rm(hookFile());

  const activities = activitiesWith(helmBinary(), 0);
  const call = { tag: '4.1.0', key: 'release-1/upgrade' };
  const refused = {
    type: 'HelmFailed',
    nonRetryable: true,
    message: expect.stringMatching(/revision 2 \(pending-upgrade\) by somebody else is in progress since 20/),
  };
  const target = sandbox.target({}, 600);
  await expect(inActivity(() => activities.upgradeHelmRelease({ ...call, target }))).rejects.toMatchObject(
    refused,
  );
  await expect(
    inActivity(() => activities.rollBackHelmRelease({ target, revision: 1, key: 'undo' })),
  ).rejects.toMatchObject(refused);
  expect(await sandbox.history()).toHaveLength(2);

  await sandbox.editRevision(2, ({ info }) => {
    info.last_deployed = new Date(Date.now() - 601_000).toISOString();
  });
  await expect(inActivity(() => activities.upgradeHelmRelease({ ...call, target }))).resolves.toMatchObject({
    revision: 4,
  });
});

test('what an upgrade would render can be told while the release is pending', async () => {
  await sandbox.helm('upgrade', 'tensafe', sandbox.chart, '--reuse-values', '--set', 'replicaCount=5');
  await writeFile(hookFile(), endlessHook('pre-upgrade'));
  const { binary, pid } = await traceableHelm();
  const target = sandbox.target();
  const killed = inActivity(() =>
    activitiesWith(binary, 1).upgradeHelmRelease({ target, tag: '4.1.0', key: 'k' }),
  ).catch((error: unknown) => error);
  await hookRunning();
  process.kill(await pid(), 'SIGKILL');
  await killed;

  const reader = createHelmReader({ binary: helmBinary(), kubeconfig: sandbox.kubeconfig });
  expect(await reader.observeRelease(target)).toMatchObject({
    revision: 3,
    status: 'pending-upgrade',
    deployedRevision: 2,
    imageTag: '4.0.0',
  });
  expect(await reader.renderUpgrade(target, '4.1.0')).toMatchObject({ ok: true });
  await writeFile(hookFile(), '{{ if eq (int .Values.replicaCount) 5 }}{{ fail "five" }}{{ end }}\n');
  expect(await reader.renderUpgrade(target, '4.1.0')).toEqual({
    ok: false,
    error: expect.stringContaining('five'),
  });
});

test('a cancelled upgrade ends helm, which marks its revision as failed, and can be rolled back', async () => {
  await writeFile(hookFile(), endlessHook('post-upgrade'));
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const activities = activitiesWith(helmBinary(), 30);
  const target = sandbox.target();
  const upgrade = environment
    .run(activities.upgradeHelmRelease, { target, tag: '4.1.0', key: 'k' })
    .catch((error: unknown) => error);
  await hookRunning();
  environment.cancel();

  expect(await upgrade).toMatchObject({ name: 'CancelledFailure' });
  expect(await sandbox.history()).toMatchObject([{ status: 'deployed' }, { status: 'failed' }]);
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.1.0');

  await expect(
    inActivity(() => activities.rollBackHelmRelease({ target, revision: 1, key: 'undo' })),
  ).resolves.toEqual({ revision: 3, chart: 'tensafe-1.0.0' });
  expect(await sandbox.clusterImage()).toBe('tensafe/server:4.0.0');
});
