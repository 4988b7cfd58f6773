/** Rollbacks as a person runs them: the temporal CLI, a real server, worker, API server and Helm. */
import { expect, jest, test } from '@jest/globals';
import { useCluster } from '../support/cluster.ts';
import { recordHistory } from '../support/record-history.ts';
import { taskQueue, useReleaseStage } from '../support/release-stage.ts';

// Whole releases side by side, on a machine that may be busy.
jest.setTimeout(1_200_000);

const cluster = useCluster();
/** One for each test, which run side by side: a rollback is told by what ran before it. */
const environments = ['previous', 'numbered', 'versioned', 'backup', 'held', 'unwell'] as const;
type Environment = (typeof environments)[number];
const { address, service, chart, cli, status, until } = useReleaseStage(cluster, {
  ...{ environments, minReadySeconds: 0 },
});

const requestedBy = 'ana@example.com';
const reason = 'error rate above 5 %';

function startArgs(
  verb: string,
  environment: Environment,
  workflowId: string,
  input: object,
  type: string,
): string[] {
  const request = { service: 'tensafe', environment, requestedBy, ...input };
  return [
    ...['workflow', verb, '--type', type, '--task-queue', taskQueue],
    ...['--workflow-id', workflowId, '--input', JSON.stringify(request)],
  ];
}

/** Releases them, one after another. */
async function release(environment: Environment, ...releases: readonly string[]): Promise<void> {
  for (const version of releases) {
    const args = startArgs(
      'execute',
      environment,
      `${environment}-${version}`,
      { version },
      'standardDeployment',
    );
    expect((await cli(...args)).exitCode).toBe(0);
  }
}

async function rollBack(environment: Environment, workflowId: string, to?: object) {
  const input = { reason, ...(to === undefined ? {} : { to }) };
  return cli(...startArgs('execute', environment, workflowId, input, 'rollback'));
}

/** What runs, in the cluster and in Helm's stored values. */
async function versions(environment: Environment): Promise<{ cluster: string; helm: string }> {
  const path = 'jsonpath={.spec.template.spec.containers[0].image}';
  const [image, values] = await Promise.all([
    service(environment).kubectl('get', 'deployment', 'tensafe-server', '-o', path),
    service(environment).helm('get', 'values', 'tensafe', '-o', 'json'),
  ]);
  const { image: stored } = JSON.parse(values) as { image: { tag: string } };
  return { cluster: image.replace('tensafe/server:', ''), helm: stored.tag };
}

test.concurrent(
  'a rollback without a word about where goes to the previous revision, in the cluster and in Helm',
  async () => {
    await release('previous', '4.1.0', '4.2.0');
    const ended = await rollBack('previous', 'back-1');
    expect(ended.exitCode).toBe(0);
    expect(await status('back-1')).toMatchObject({
      outcome: 'rolledBack',
      reason: 'tensafe/server:4.2.0 → tensafe/server:4.1.0, verified: error rate above 5 %.',
      verifiedVersion: '4.1.0',
    });
    expect(await versions('previous')).toEqual({ cluster: '4.1.0', helm: '4.1.0' });
    await recordHistory(address(), 'target:tensafe:previous', 'rollback-previous');
  },
);

test.concurrent('to a numbered revision of the cluster, also by the number that it had before', async () => {
  await release('numbered', '4.1.0');
  expect((await rollBack('numbered', 'back-2', { revision: 1 })).exitCode).toBe(0);
  expect(await versions('numbered')).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
  expect((await rollBack('numbered', 'back-3', { revision: 2 })).exitCode).toBe(0);
  expect(await versions('numbered')).toEqual({ cluster: '4.1.0', helm: '4.1.0' });
  // 4.0.0 was revision 1, and became 3 when the first rollback returned to it.
  expect((await rollBack('numbered', 'back-4', { revision: 1 })).exitCode).toBe(0);
  expect(await versions('numbered')).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
});

test.concurrent(
  'to a version, where it runs already with nothing to do; to a revision of Helm, numbered or previous',
  async () => {
    await release('versioned', '4.1.0', '4.2.0');
    expect((await rollBack('versioned', 'back-5', { version: 'v4.1.0' })).exitCode).toBe(0);
    expect(await versions('versioned')).toEqual({ cluster: '4.1.0', helm: '4.1.0' });
    expect((await rollBack('versioned', 'back-6', { version: '4.1.0' })).exitCode).toBe(0);
    expect(await status('back-6')).toMatchObject({ outcome: 'unchanged' });
    await recordHistory(address(), 'target:tensafe:versioned', 'rollback-unchanged');

    expect((await rollBack('versioned', 'back-7', { helmRevision: 1 })).exitCode).toBe(0);
    expect(await versions('versioned')).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
    expect((await rollBack('versioned', 'back-8', { helm: 'previous' })).exitCode).toBe(0);
    expect(await versions('versioned')).toEqual({ cluster: '4.1.0', helm: '4.1.0' });
  },
);

test.concurrent(
  'to the stored backup, which brings Service and configuration references back and takes no pods away; to what is gone is refused, with what exists, and nothing is changed',
  async () => {
    await release('backup', '4.1.0');
    const { kubectl } = service('backup');
    await kubectl('scale', 'deployment', 'tensafe-server', '--replicas=4');
    await kubectl('patch', 'service', 'tensafe-server', '-p', '{"spec":{"sessionAffinity":"ClientIP"}}');
    await kubectl('set', 'env', 'deployment/tensafe-server', 'EXTRA=yes');
    await kubectl('rollout', 'status', 'deployment/tensafe-server', '--timeout=300s');
    const ended = await rollBack('backup', 'back-9', { backup: 'latest' });
    expect(ended.stderr + ended.stdout).toContain('4.0.0');
    const { steps, notes } = await status('back-9');
    const look = steps.find(({ name }) => name === 'Look')?.detail ?? '';
    expect(look).toContain('containers[tensafe].env[EXTRA]');
    expect(notes).toContain(
      'Deployment/tensafe-server: spec.replicas stays 4, as 3 of the backup would take pods away.',
    );
    expect(look).toContain('Service/tensafe-server: spec.sessionAffinity');
    const path = 'jsonpath={.spec.replicas} {.spec.template.spec.containers[0].env}';
    const deployment = await kubectl('get', 'deployment', 'tensafe-server', '-o', path);
    expect(deployment).toMatch(/^4 /);
    expect(deployment).not.toContain('EXTRA');
    const affinity = 'jsonpath={.spec.sessionAffinity}';
    expect(await kubectl('get', 'service', 'tensafe-server', '-o', affinity)).toBe('None');
    expect(await versions('backup')).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
    await recordHistory(address(), 'target:tensafe:backup', 'rollback-to-backup');

    const gone = await rollBack('backup', 'back-10', { revision: 99 });
    expect(gone.exitCode).toBe(1);
    expect(gone.stdout + gone.stderr).toMatch(
      /no revision 99 of Deployment tensafe-server.*tensafe\/server:4\.1\.0/s,
    );
    const withoutReason = await cli(...startArgs('execute', 'backup', 'back-11', {}, 'rollback'));
    expect(withoutReason.stdout + withoutReason.stderr).toContain('"reason" is missing');
    expect(await versions('backup')).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
  },
);

test.concurrent(
  'makes a release that holds the target abort, and has nothing to do when that put the target back',
  async () => {
    const version = '4.3.0-slow-start';
    await cli(...startArgs('start', 'held', 'shop-4.3.0', { version }, 'standardDeployment'));
    await until('shop-4.3.0', 'Monitor rollout');
    expect((await rollBack('held', 'back-12')).exitCode).toBe(0);
    expect(await status('back-12')).toMatchObject({
      outcome: 'unchanged',
      reason: expect.stringContaining(
        'release "shop-4.3.0" was stopped and TenSafe in held runs tensafe/server:4.0.0',
      ),
    });
    expect(await status('shop-4.3.0')).toMatchObject({ outcome: 'aborted' });
    expect(await versions('held')).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
    await recordHistory(address(), 'back-12', 'rollback-stops-a-release');
  },
);

test.concurrent('that does not verify returns to where it started', async () => {
  // Past Fairway: a bad version that looks like one that ran once.
  const { helm } = service('unwell');
  await helm(
    ...['upgrade', 'tensafe', chart('unwell'), '--reuse-values', '--wait'],
    ...['--set-string', 'image.tag=4.1.1-unhealthy'],
  );
  await helm('rollback', 'tensafe', '--wait');
  expect(await versions('unwell')).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
  const ended = await rollBack('unwell', 'back-13');
  expect(ended.exitCode).toBe(1);
  expect(ended.stdout + ended.stderr).toMatch(
    /health endpoint: 0\/3 pods.*TenSafe in unwell is back on 4\.0\.0/s,
  );
  expect(await status('back-13')).toMatchObject({ outcome: 'failed', verifiedVersion: '4.0.0' });
  expect(await versions('unwell')).toEqual({ cluster: '4.0.0', helm: '4.0.0' });
  await recordHistory(address(), 'target:tensafe:unwell', 'rollback-failed-and-returned');
});
