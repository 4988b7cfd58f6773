/** Canary and blue/green as a person runs them, on a real API server, with every state of the Service watched. */
import { describe, expect, jest, test } from '@jest/globals';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { useLocalCluster } from '../support/cluster.ts';
import { recordHistory } from '../support/record-history.ts';
import { taskQueue, useReleaseStage } from '../support/release-stage.ts';

// Whole releases side by side, on a machine that may be busy.
jest.setTimeout(1_200_000);

const cluster = useLocalCluster();
/** One for each test of a release: they run side by side. */
const environments = [
  'takes-over',
  'crashes',
  'unwell',
  'fails-late',
  'refused',
  'switches',
  'aborted',
] as const;
type Environment = (typeof environments)[number];
const { address, service, cli, status, until } = useReleaseStage(cluster, {
  environments,
  minReadySeconds: 0,
});

const canary = {
  steps: [
    { weight: 34, bake: '1s' },
    { weight: 67, bake: 0 },
    { weight: 100, bake: 0 },
  ],
};
const blueGreen = { monitor: '1s', keep: '30s' };

function startArgs(
  verb: string,
  type: string,
  environment: Environment,
  version: string,
  options: object,
): readonly string[] {
  const input = { service: 'tensafe', environment, version, ...options };
  return [
    ...['workflow', verb, '--type', type, '--task-queue', taskQueue],
    ...['--workflow-id', `tensafe-${version}`, '--input', JSON.stringify(input)],
  ];
}

/** Runs a release to its end; answers its status. */
async function release(
  type: string,
  environment: Environment,
  version: string,
  options: object,
): Promise<ReleaseStatus> {
  await cli(...startArgs('execute', type, environment, version, options));
  return status(`tensafe-${version}`);
}

/** What a release must leave as it found it, whatever became of it; the image that runs is answered. */
async function leftBehind(environment: Environment): Promise<string> {
  const { kubectl, helm } = service(environment);
  const deployments = await kubectl('get', 'deployments', '-o', 'jsonpath={.items[*].metadata.name}');
  expect(deployments).toBe('tensafe-server');
  const selector = await kubectl('get', 'service', 'tensafe-server', '-o', 'jsonpath={.spec.selector}');
  expect(Object.keys(JSON.parse(selector) as object).sort()).toEqual([
    'app.kubernetes.io/instance',
    'app.kubernetes.io/name',
  ]);
  const path = '{.spec.replicas} {.status.availableReplicas} {.spec.template.spec.containers[0].image}';
  const seen = await kubectl('get', 'deployment', 'tensafe-server', '-o', `jsonpath=${path}`);
  const [replicas, available, image = ''] = seen.split(' ');
  expect([replicas, available]).toEqual(['3', '3']);
  const values = JSON.parse(await helm('get', 'values', 'tensafe', '-o', 'json')) as {
    image: { tag: string };
  };
  expect(image).toBe(`tensafe/server:${values.image.tag}`);
  return image;
}

interface DryRun {
  readonly type: string;
  readonly environment: Environment;
  readonly tag: string;
  readonly beside: string;
  readonly options: object;
}

describe('a dry run', () => {
  test.concurrent.each<DryRun>([
    {
      ...{ type: 'standardDeployment', environment: 'takes-over', tag: '4.0.7' },
      ...{ beside: '', options: {} },
    },
    {
      ...{ type: 'canaryDeployment', environment: 'crashes', tag: '4.0.8' },
      ...{ beside: 'Deployment tensafe-server-canary (new', options: { update: 'image' } },
    },
    {
      ...{ type: 'blueGreenDeployment', environment: 'switches', tag: '4.0.9' },
      ...{ beside: 'Service tensafe-server:', options: {} },
    },
  ])('of a $type shows what the cluster would make of it, and changes nothing', async (planned) => {
    const { type, environment, tag, beside, options } = planned;
    const { outcome, plan = '' } = await release(type, environment, tag, { dryRun: true, ...options });
    expect(outcome).toBe('planned');
    const path = 'spec.template.spec.containers[tensafe].image';
    expect(plan).toContain(`  ~ ${path}: tensafe/server:4.0.0 → tensafe/server:${tag}\n`);
    expect(plan).toContain(beside);
    expect(await leftBehind(environment)).toBe('tensafe/server:4.0.0');
    const backups = ['get', 'configmaps', '-l', 'app.kubernetes.io/managed-by=fairway'];
    expect(await service(environment).kubectl(...backups)).toBe('');
  });
});

describe('a release with two tracks', () => {
  // The longest first.
  test.concurrent(
    'a blue/green deployment switches all traffic to green and back to the target’s own Deployment on the new version',
    async () => {
      const status = await release('blueGreenDeployment', 'switches', '4.2.1', blueGreen);
      expect(status).toMatchObject({ outcome: 'released' });
      expect(await leftBehind('switches')).toBe('tensafe/server:4.2.1');
      await recordHistory(address(), 'target:tensafe:switches', 'blue-green-released-green-kept');
    },
  );

  test.concurrent(
    'a canary takes over step by step and leaves only the target’s own Deployment',
    async () => {
      const status = await release('canaryDeployment', 'takes-over', '4.1.0', canary);
      expect(status).toMatchObject({ outcome: 'released', weight: { stable: 3, track: 0 } });
      expect(await leftBehind('takes-over')).toBe('tensafe/server:4.1.0');
      await recordHistory(address(), 'target:tensafe:takes-over', 'canary-released');
    },
  );

  test.concurrent('a canary whose pods crash is taken back', async () => {
    const status = await release('canaryDeployment', 'crashes', '4.1.1-crash', canary);
    expect(status).toMatchObject({ outcome: 'rolledBack' });
    expect(status.reason).toContain('[crash-loop-back-off]');
    expect(await leftBehind('crashes')).toBe('tensafe/server:4.0.0');
    await recordHistory(address(), 'target:tensafe:crashes', 'canary-crashed-and-left-first');
  });

  test.concurrent('a canary that is ready and not well is found at its first step', async () => {
    const status = await release('canaryDeployment', 'unwell', '4.1.3-unhealthy', canary);
    expect(status).toMatchObject({ outcome: 'rolledBack', analysis: { verdict: 'fail' } });
    expect(status.reason).toContain('health endpoint');
    expect(status.steps.map(({ name }) => name)).not.toContain('Canary 67 %');
    expect(await leftBehind('unwell')).toBe('tensafe/server:4.0.0');
    await recordHistory(address(), 'target:tensafe:unwell', 'canary-diagnosed');
  });

  test.concurrent('a canary that does not verify after 100 % is taken back, too', async () => {
    const unwatched = { steps: canary.steps.map(({ weight }) => ({ weight, bake: 0 })) };
    const status = await release('canaryDeployment', 'fails-late', '4.1.2-unhealthy', unwatched);
    expect(status).toMatchObject({ outcome: 'rolledBack' });
    expect(status.steps.find(({ name }) => name === 'Finalise')?.state).toBe('done');
    expect(await leftBehind('fails-late')).toBe('tensafe/server:4.0.0');
    await recordHistory(address(), 'target:tensafe:fails-late', 'canary-rolled-back-after-100');
  });

  test.concurrent('a blue/green deployment whose green is not well never gives it traffic', async () => {
    const status = await release('blueGreenDeployment', 'refused', '4.2.0-unhealthy', blueGreen);
    expect(status).toMatchObject({ outcome: 'rolledBack' });
    expect(status.steps.find(({ name }) => name === 'Switch traffic')?.state).toBe('skipped');
    expect(await leftBehind('refused')).toBe('tensafe/server:4.0.0');
    await recordHistory(address(), 'target:tensafe:refused', 'green-refused-blue-held');
  });

  test.concurrent(
    'a blue/green deployment that is aborted while green serves gives the traffic back to blue',
    async () => {
      await cli(...startArgs('start', 'blueGreenDeployment', 'aborted', '4.2.2', { monitor: '10m' }));
      await until('tensafe-4.2.2', 'Watch green');
      const message = JSON.stringify({ by: 'ben@example.com', reason: 'wrong one' });
      await cli('workflow', 'signal', '-w', 'tensafe-4.2.2', '--name', 'abort', '--input', message);
      await cli('workflow', 'result', '-w', 'tensafe-4.2.2');
      expect(await status('tensafe-4.2.2')).toMatchObject({ outcome: 'aborted' });
      expect(await leftBehind('aborted')).toBe('tensafe/server:4.0.0');
      await recordHistory(address(), 'target:tensafe:aborted', 'blue-green-aborted-green-kept');
    },
  );
});
