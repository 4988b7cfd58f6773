/** Rollbacks as a person runs them: the temporal CLI, a real server, worker, API server and Helm. */
import { join } from 'node:path';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { useCluster } from '../support/cluster.ts';
import { recordHistory } from '../support/record-history.ts';
import { useReleaseStage } from '../support/release-stage.ts';

/** Some tests roll out twice, on machines that do more than this. */
jest.setTimeout(180_000);

const cluster = useCluster();
const { stage, cli, status, until } = useReleaseStage(cluster);

beforeAll(async () => {
  await execute('shop-4.1.0', { ...target, version: '4.1.0' }, 'standardDeployment');
  await execute('shop-4.2.0', { ...target, version: '4.2.0' }, 'standardDeployment');
});

const target = { service: 'tensafe', environment: 'dev', requestedBy: 'ana@example.com' };
const request = { ...target, reason: 'error rate above 5 %' };

function startArgs(verb: string, workflowId: string, input: unknown, type: string): string[] {
  return [
    ...['workflow', verb, '--type', type, '--task-queue', `fairway-${stage().service.namespace}`],
    ...['--workflow-id', workflowId, '--input', JSON.stringify(input)],
  ];
}

async function execute(workflowId: string, input: unknown, type = 'rollback') {
  return cli(...startArgs('execute', workflowId, input, type));
}

/** What runs, in the cluster and in Helm's stored values. */
async function versions(): Promise<{ cluster: string; helm: string }> {
  const path = 'jsonpath={.spec.template.spec.containers[0].image}';
  const [image, values] = await Promise.all([
    stage().service.kubectl('get', 'deployment', 'tensafe-server', '-o', path),
    stage().service.helm('get', 'values', 'tensafe', '-o', 'json'),
  ]);
  const { image: stored } = JSON.parse(values) as { image: { tag: string } };
  return { cluster: image.replace('tensafe/server:', ''), helm: stored.tag };
}

test('a rollback without a word about where goes to the previous revision, in the cluster and in Helm', async () => {
  const ended = await execute('back-1', request);
  expect(ended.exitCode).toBe(0);
  expect(await status('back-1')).toMatchObject({
    outcome: 'rolledBack',
    reason: 'tensafe/server:4.2.0 → tensafe/server:4.1.0, verified: error rate above 5 %.',
    verifiedVersion: '4.1.0',
  });
  expect(await versions()).toEqual({ cluster: '4.1.0', helm: '4.1.0' });
  await recordHistory(stage().temporal.address, 'target:tensafe:dev', 'rollback-previous');
});

test('to a numbered revision of the cluster, also by the number that it had before', async () => {
  expect((await execute('back-2', { ...request, to: { revision: 1 } })).exitCode).toBe(0);
  expect(await versions()).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
  // 4.1.0 was revision 2, and became 4 when the rollback before returned to it.
  expect((await execute('back-3', { ...request, to: { revision: 2 } })).exitCode).toBe(0);
  expect(await versions()).toEqual({ cluster: '4.1.0', helm: '4.1.0' });
});

test('to a version; where it runs already, there is nothing to do', async () => {
  expect((await execute('back-4', { ...request, to: { version: 'v4.2.0' } })).exitCode).toBe(0);
  expect(await versions()).toEqual({ cluster: '4.2.0', helm: '4.2.0' });
  expect((await execute('back-5', { ...request, to: { version: '4.2.0' } })).exitCode).toBe(0);
  expect(await status('back-5')).toMatchObject({ outcome: 'unchanged' });
  await recordHistory(stage().temporal.address, 'target:tensafe:dev', 'rollback-unchanged');
});

test('to a revision of Helm, numbered or previous', async () => {
  expect((await execute('back-6', { ...request, to: { helmRevision: 1 } })).exitCode).toBe(0);
  expect(await versions()).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
  expect((await execute('back-7', { ...request, to: { helm: 'previous' } })).exitCode).toBe(0);
  expect(await versions()).toEqual({ cluster: '4.2.0', helm: '4.2.0' });
});

test('to the stored backup, which brings replicas, Service and configuration references back', async () => {
  await stage().service.kubectl('scale', 'deployment', 'tensafe-server', '--replicas=4');
  await stage().service.kubectl(
    'patch',
    'service',
    'tensafe-server',
    '-p',
    '{"spec":{"sessionAffinity":"ClientIP"}}',
  );
  await stage().service.kubectl('set', 'env', 'deployment/tensafe-server', 'EXTRA=yes');
  await stage().service.kubectl('rollout', 'status', 'deployment/tensafe-server', '--timeout=60s');
  const ended = await execute('back-8', { ...request, to: { backup: 'latest' } });
  expect(ended.stderr + ended.stdout).toContain('4.0.0');
  const look = (await status('back-8')).steps.find(({ name }) => name === 'Look')?.detail ?? '';
  expect(look).toMatch(/spec\.replicas 4 → 3.*containers\[tensafe\]\.env\[EXTRA\]/);
  expect(look).toContain('Service/tensafe-server: spec.sessionAffinity');
  const path = 'jsonpath={.spec.replicas} {.spec.template.spec.containers[0].env}';
  const deployment = await stage().service.kubectl('get', 'deployment', 'tensafe-server', '-o', path);
  expect(deployment).toMatch(/^3 /);
  expect(deployment).not.toContain('EXTRA');
  expect(
    await stage().service.kubectl(
      'get',
      'service',
      'tensafe-server',
      '-o',
      'jsonpath={.spec.sessionAffinity}',
    ),
  ).toBe('None');
  expect(await versions()).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
  await recordHistory(stage().temporal.address, 'target:tensafe:dev', 'rollback-to-backup');
});

test('to what is gone is refused, with what exists, and nothing is changed', async () => {
  const ended = await execute('back-9', { ...request, to: { revision: 99 } });
  expect(ended.exitCode).toBe(1);
  expect(ended.stdout + ended.stderr).toMatch(
    /no revision 99 of Deployment tensafe-server.*tensafe\/server:4\.1\.0/s,
  );
  const withoutReason = await execute('back-10', target);
  expect(withoutReason.stdout + withoutReason.stderr).toContain('"reason" is missing');
  expect(await versions()).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
});

test('makes a release that holds the target abort, and has nothing to do when that put the target back', async () => {
  await cli(...startArgs('start', 'shop-4.3.0', { ...target, version: '4.3.0' }, 'standardDeployment'));
  await until('shop-4.3.0', 'Monitor rollout');
  expect((await execute('back-11', request)).exitCode).toBe(0);
  expect(await status('back-11')).toMatchObject({
    outcome: 'unchanged',
    reason: expect.stringContaining(
      'release "shop-4.3.0" was stopped and TenSafe in dev runs tensafe/server:4.0.0',
    ),
  });
  expect(await status('shop-4.3.0')).toMatchObject({ outcome: 'aborted' });
  expect(await versions()).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
  await recordHistory(stage().temporal.address, 'back-11', 'rollback-stops-a-release');
});

test('that does not verify returns to where it started', async () => {
  // Past Fairway: a bad version that looks like one that ran once.
  await stage().service.helm(
    'upgrade',
    'tensafe',
    join(stage().folder, 'chart'),
    '--reuse-values',
    '--set-string',
    'image.tag=4.1.1-unhealthy',
    '--wait',
  );
  await stage().service.helm('rollback', 'tensafe', '--wait');
  expect(await versions()).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
  const ended = await execute('back-12', request);
  expect(ended.exitCode).toBe(1);
  expect(ended.stdout + ended.stderr).toMatch(
    /health endpoint: 0\/3 pods.*TenSafe in dev is back on 4\.0\.0/s,
  );
  expect(await status('back-12')).toMatchObject({ outcome: 'failed', verifiedVersion: '4.0.0' });
  expect(await versions()).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
  await recordHistory(stage().temporal.address, 'target:tensafe:dev', 'rollback-failed-and-returned');
});
