/** Canary and blue/green as a person runs them, on a real API server, with every state of the Service watched. */
import { describe, expect, jest, test } from '@jest/globals';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { useLocalCluster } from '../support/cluster.ts';
import { recordHistory } from '../support/record-history.ts';
import { useReleaseStage } from '../support/release-stage.ts';

// Whole releases on a machine that may be busy.
jest.setTimeout(180_000);

const cluster = useLocalCluster();
const { stage, cli, status, until } = useReleaseStage(cluster);

const canary = {
  steps: [
    { weight: 34, bake: '1s' },
    { weight: 67, bake: 0 },
    { weight: 100, bake: 0 },
  ],
};
const blueGreen = { monitor: '1s', keep: '30s' };

function startArgs(verb: string, type: string, workflowId: string, options: object): readonly string[] {
  const input = { service: 'tensafe', environment: 'dev', ...options };
  return [
    ...['workflow', verb, '--type', type, '--task-queue', `fairway-${stage().service.namespace}`],
    ...['--workflow-id', workflowId, '--input', JSON.stringify(input)],
  ];
}

/** Runs a release to its end; answers its status. */
async function release(type: string, version: string, options: object): Promise<ReleaseStatus> {
  await cli(...startArgs('execute', type, `tensafe-${version}`, { version, ...options }));
  return status(`tensafe-${version}`);
}

/** What a release must leave as it found it, whatever became of it; the image that runs is answered. */
async function leftBehind(): Promise<string> {
  const deployments = await stage().service.kubectl(
    'get',
    'deployments',
    '-o',
    'jsonpath={.items[*].metadata.name}',
  );
  expect(deployments).toBe('tensafe-server');
  const selector = await stage().service.kubectl(
    'get',
    'service',
    'tensafe-server',
    '-o',
    'jsonpath={.spec.selector}',
  );
  expect(Object.keys(JSON.parse(selector) as object).sort()).toEqual([
    'app.kubernetes.io/instance',
    'app.kubernetes.io/name',
  ]);
  const path = '{.spec.replicas} {.status.availableReplicas} {.spec.template.spec.containers[0].image}';
  const seen = await stage().service.kubectl('get', 'deployment', 'tensafe-server', '-o', `jsonpath=${path}`);
  const [replicas, available, image = ''] = seen.split(' ');
  expect([replicas, available]).toEqual(['3', '3']);
  const values = JSON.parse(await stage().service.helm('get', 'values', 'tensafe', '-o', 'json')) as {
    image: { tag: string };
  };
  expect(image).toBe(`tensafe/server:${values.image.tag}`);
  return image;
}

test.each([
  { type: 'standardDeployment', tag: '4.0.7', beside: undefined, update: undefined },
  {
    type: 'canaryDeployment',
    tag: '4.0.8',
    beside: 'Deployment tensafe-server-canary (new',
    update: 'image',
  },
  { type: 'blueGreenDeployment', tag: '4.0.9', beside: 'Service tensafe-server:', update: undefined },
])('a dry run of a $type shows what the cluster would make of it, and changes nothing', async (planned) => {
  const { type, tag, beside = '', update } = planned;
  const options = { dryRun: true, ...(update === undefined ? {} : { update }) };
  const { outcome, plan = '' } = await release(type, tag, options);
  expect(outcome).toBe('planned');
  const path = 'spec.template.spec.containers[tensafe].image';
  expect(plan).toContain(`  ~ ${path}: tensafe/server:4.0.0 → tensafe/server:${tag}\n`);
  expect(plan).toContain(beside);
  expect(await leftBehind()).toBe('tensafe/server:4.0.0');
  expect(
    await stage().service.kubectl('get', 'configmaps', '-l', 'app.kubernetes.io/managed-by=fairway'),
  ).toBe('');
});

describe('a canary', () => {
  test('takes over step by step and leaves only the target’s own Deployment', async () => {
    const status = await release('canaryDeployment', '4.1.0', canary);
    expect(status).toMatchObject({ outcome: 'released', weight: { stable: 3, track: 0 } });
    expect(await leftBehind()).toBe('tensafe/server:4.1.0');
    await recordHistory(stage().temporal.address, 'target:tensafe:dev', 'canary-released');
  });

  test('whose pods crash is taken back', async () => {
    const status = await release('canaryDeployment', '4.1.1-crash', canary);
    expect(status).toMatchObject({ outcome: 'rolledBack' });
    expect(status.reason).toContain('[crash-loop-back-off]');
    expect(await leftBehind()).toBe('tensafe/server:4.1.0');
    await recordHistory(stage().temporal.address, 'target:tensafe:dev', 'canary-crashed');
  });

  test('that is ready and not well is found at its first step', async () => {
    const status = await release('canaryDeployment', '4.1.3-unhealthy', canary);
    expect(status).toMatchObject({ outcome: 'rolledBack', analysis: { verdict: 'fail' } });
    expect(status.reason).toContain('health endpoint');
    expect(status.steps.map(({ name }) => name)).not.toContain('Canary 67 %');
    expect(await leftBehind()).toBe('tensafe/server:4.1.0');
    await recordHistory(stage().temporal.address, 'target:tensafe:dev', 'canary-diagnosed');
  });

  test('that does not verify after 100 % is taken back, too', async () => {
    const unwatched = { steps: canary.steps.map(({ weight }) => ({ weight, bake: 0 })) };
    const status = await release('canaryDeployment', '4.1.2-unhealthy', unwatched);
    expect(status).toMatchObject({ outcome: 'rolledBack' });
    expect(status.steps.find(({ name }) => name === 'Finalise')?.state).toBe('done');
    expect(await leftBehind()).toBe('tensafe/server:4.1.0');
    await recordHistory(stage().temporal.address, 'target:tensafe:dev', 'canary-rolled-back-after-100');
  });
});

describe('a blue/green deployment', () => {
  test('whose green is not well never gives it traffic', async () => {
    const status = await release('blueGreenDeployment', '4.2.0-unhealthy', blueGreen);
    expect(status).toMatchObject({ outcome: 'rolledBack' });
    expect(status.steps.find(({ name }) => name === 'Switch traffic')?.state).toBe('skipped');
    expect(await leftBehind()).toBe('tensafe/server:4.1.0');
    await recordHistory(stage().temporal.address, 'target:tensafe:dev', 'green-refused');
  });

  test('that is aborted while green serves gives the traffic back to blue', async () => {
    const workflowId = 'tensafe-4.2.2';
    const options = { version: '4.2.2', monitor: '10m' };
    await cli(...startArgs('start', 'blueGreenDeployment', workflowId, options));
    await until(workflowId, 'Watch green');
    const message = JSON.stringify({ by: 'ben@example.com', reason: 'wrong one' });
    await cli('workflow', 'signal', '-w', workflowId, '--name', 'abort', '--input', message);
    await cli('workflow', 'result', '-w', workflowId);
    expect(await status(workflowId)).toMatchObject({ outcome: 'aborted' });
    expect(await leftBehind()).toBe('tensafe/server:4.1.0');
    await recordHistory(stage().temporal.address, 'target:tensafe:dev', 'blue-green-aborted');
  });

  test('switches all traffic to green and back to the target’s own Deployment on the new version', async () => {
    const status = await release('blueGreenDeployment', '4.2.1', blueGreen);
    expect(status).toMatchObject({ outcome: 'released' });
    expect(await leftBehind()).toBe('tensafe/server:4.2.1');
    await recordHistory(stage().temporal.address, 'target:tensafe:dev', 'blue-green-released');
  });
});
