import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mayQuoteValues } from '../../../src/activities/helm/failure-rules.ts';
import { errorText, helmFailure } from '../../../src/activities/helm/failures.ts';
import { createHelmCli } from '../../../src/activities/helm/helm-cli.ts';
import { createHelmActivities, createHelmReader } from '../../../src/activities/helm/index.ts';
import { aTarget } from '../../support/a-target.ts';
import { helmBinary, inActivity, profileChart } from './helm-sandbox.ts';

const target = aTarget();

test.each([
  [
    'Kubernetes cluster unreachable: Get "https://h:6443/version": dial tcp: connect: connection refused',
    'ClusterUnreachable',
    true,
  ],
  ['UPGRADE FAILED: etcdserver: request timed out', 'ClusterUnreachable', true],
  ['Kubernetes cluster unreachable: context "nope" does not exist', 'ClusterUnreachable', false],
  [
    'Kubernetes cluster unreachable: the server has asked for the client to provide credentials',
    'Forbidden',
    false,
  ],
  [
    'query: failed to query with labels: secrets is forbidden: User "f" cannot list resource "secrets"',
    'Forbidden',
    false,
  ],
  ['UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress', 'HelmFailed', true],
  [
    'UPGRADE FAILED: create: failed to create: secrets "sh.helm.release.v1.x.v5" already exists',
    'Conflict',
    true,
  ],
  [
    'UPGRADE FAILED: Operation cannot be fulfilled on deployments.apps "x": the object has been modified',
    'Conflict',
    true,
  ],
  ['release: not found', 'NotFound', false],
  ['UPGRADE FAILED: "x" has no deployed releases', 'NotFound', false],
  ['release has no 7 version', 'NotFound', false],
  [
    "UPGRADE FAILED: values don't meet the specifications of the schema(s) in the following chart(s):\nx:\n- at '/a': got string, want integer",
    'HelmFailed',
    false,
  ],
  [
    'UPGRADE FAILED: template: x/templates/a.yaml:3:5: executing "a" at <.Values.a.b>: nil pointer',
    'HelmFailed',
    false,
  ],
  [
    'UPGRADE FAILED: failed to create resource: Deployment.apps "x" is invalid: spec.replicas: Invalid value: -1',
    'InvalidObject',
    false,
  ],
  ['UPGRADE FAILED: pre-upgrade hooks failed: job failed: BackoffLimitExceeded', 'HelmFailed', false],
  [
    'looks like "https://charts.x" is not a valid chart repository or cannot be reached: Get "https://charts.x/index.yaml": dial tcp: connect: connection refused',
    'HelmFailed',
    true,
  ],
  [
    'looks like "https://charts.x" is not a valid chart repository or cannot be reached: failed to fetch https://charts.x/index.yaml : 404 Not Found',
    'HelmFailed',
    false,
  ],
  ['Get "https://r:5000/v2/charts/x/tags/list": dial tcp: connect: connection refused', 'HelmFailed', true],
  ['UPGRADE FAILED: context canceled', 'HelmFailed', true],
  ['UPGRADE FAILED: pre-upgrade hooks failed: context canceled', 'HelmFailed', true],
  ['something that nobody has seen before', 'HelmFailed', false],
])('%s → %s, worth a retry: %p', (says, type, retryable) => {
  const failure = helmFailure(
    target,
    'helm upgrade',
    { outcome: 'failed', stderr: `Error: ${says}\n` },
    says,
  );
  expect(failure).toMatchObject({ type, nonRetryable: !retryable });
  expect(failure.message).toContain('release shop in shop-dev (dev-cluster)');
});

test.each([
  ['execution error at (x/templates/a.yaml:1:3): pw-of-db: connection refused', true],
  ["values don't meet the specifications of the schema(s): at '/a': 'forbidden, cannot' is wrong", true],
  ['something that nobody has seen before', true],
  ['Kubernetes cluster unreachable: dial tcp: connect: connection refused', false],
])('%s may quote a value: %p', (says, quotes) => {
  expect(mayQuoteValues(`Error: UPGRADE FAILED: ${says}`)).toBe(quotes);
});

test('warnings before the error are left out, and what is endless is cut after its values are withheld', () => {
  const redact = (text: string): string => text.replaceAll('hunter2', '[withheld]');
  expect(errorText('WARNING: Kubernetes configuration file is group-readable.\nError: no\n', redact)).toBe(
    'no',
  );
  expect(errorText(`Error: ${'x'.repeat(5_000)}`, redact)).toHaveLength(1_502);
  expect(errorText(`Error: ${'x'.repeat(1_495)}hunter2`, redact)).toMatch(/x\[with …$/);
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-helm-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('where there is no helm, the failure says what to install and where', async () => {
  const activities = createHelmActivities({ binary: '/nowhere/helm' });
  await expect(
    inActivity(() => activities.upgradeHelmRelease({ target, tag: '4.1.0', key: 'k' })),
  ).rejects.toMatchObject({
    type: 'HelmMissing',
    nonRetryable: true,
    message: expect.stringMatching(/no helm at \/nowhere\/helm\. Install helm/),
  });
});

test('a cluster that does not answer is worth a retry, and an unknown context is not', async () => {
  const kubeconfig = join(folder, 'kubeconfig');
  const dead = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'dead', cluster: { server: 'http://127.0.0.1:9' } }],
    users: [],
    contexts: [{ name: 'dead', context: { cluster: 'dead', user: '' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(dead));
  const reader = createHelmReader({ binary: helmBinary(), kubeconfig });
  const helm = { release: 'shop', chart: profileChart, imageTagValue: 'image.tag' };
  const at = (cluster: string) => aTarget({ environment: { cluster }, service: { helm } });

  const unreachable = { type: 'ClusterUnreachable', nonRetryable: false };
  await expect(reader.observeRelease(at('dead'))).rejects.toMatchObject(unreachable);
  await expect(reader.renderUpgrade(at('dead'), '4.1.0')).rejects.toMatchObject(unreachable);
  await expect(reader.observeRelease(at('elsewhere'))).rejects.toMatchObject({
    type: 'ClusterUnreachable',
    nonRetryable: true,
    message: expect.stringContaining('contexts of the kubeconfig'),
  });
});

test('a service without a helm part and a tag that is none are refused before helm runs', async () => {
  const activities = createHelmActivities({ binary: '/nowhere/helm' });
  const { helm: _none, ...service } = aTarget().service;
  const refused = { type: 'InvalidRequest', nonRetryable: true };
  await expect(
    inActivity(() =>
      activities.upgradeHelmRelease({ target: { ...target, service }, tag: '4.1.0', key: 'k' }),
    ),
  ).rejects.toMatchObject(refused);
  await expect(
    inActivity(() => activities.upgradeHelmRelease({ target, tag: '4.1.0,a=b', key: 'k' })),
  ).rejects.toMatchObject(refused);
});

test.each([
  ['nothing', 'exec sleep 60', 1, { outcome: 'timedOut', seconds: 1 }],
  ['without end', 'exec yes', 50, { outcome: 'died', reason: 'output beyond 32 MiB' }],
  ['after it was killed', 'kill -9 $$', 50, { outcome: 'died', reason: 'SIGKILL' }],
])('a helm that answers %s is ended', async (_how, script, timeoutSeconds, result) => {
  const binary = await fakeHelm(script);
  const runHelm = createHelmCli({ binary });
  const call = { args: ['history'], cluster: 'c', namespace: 'n', timeoutSeconds };
  expect(await runHelm(call)).toEqual(result);
});

test('an answer that cannot be parsed is told without its text', async () => {
  const reader = createHelmReader({ binary: await fakeHelm('echo hunter2-planted') });
  const failure: unknown = await reader.observeRelease(target).catch((error: unknown) => error);
  expect(failure).toMatchObject({ type: 'HelmFailed', message: expect.stringContaining('helm history') });
  expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain('hunter2');
});

async function fakeHelm(script: string): Promise<string> {
  const binary = join(folder, `helm-${randomUUID()}`);
  await writeFile(binary, `#!/bin/sh\n${script}\n`);
  await chmod(binary, 0o755);
  return binary;
}
