/** Canary and blue/green as a person runs them, on a real API server, with every state of the Service watched. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execa } from 'execa';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';
import { toolsFolder, useLocalCluster } from '../support/cluster.ts';
import { recordHistory } from '../support/record-history.ts';
import { installService, type ServiceUnderRelease } from '../support/service-under-release.ts';

// Whole releases on a machine that may be busy.
jest.setTimeout(180_000);

const cluster = useLocalCluster();
let folder: string;
let temporal: TemporalServer;
let worker: WorkerProcess;
let service: ServiceUnderRelease;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-strategies-'));
  [temporal, service] = await Promise.all([
    startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true }),
    installService(cluster(), { folder, version: '4.0.0' }),
  ]);
  worker = startWorkerProcess({
    temporalAddress: temporal.address,
    configFile: service.configFile,
    kubeconfig: cluster().kubeconfig,
    helm: join(toolsFolder(), 'helm'),
    logFile: join(folder, 'worker.log'),
  });
  await worker.ready;
});

afterAll(async () => {
  await worker.stop();
  await temporal.stop();
  await rm(folder, { recursive: true });
});

const canary = {
  steps: [
    { weight: 34, bake: '1s' },
    { weight: 67, bake: 0 },
    { weight: 100, bake: 0 },
  ],
};
const blueGreen = { monitor: '1s', keep: '30s' };

/** Runs a release to its end; answers its status. */
async function release(type: string, version: string, options: object): Promise<ReleaseStatus> {
  const input = { service: 'tensafe', environment: 'dev', version, ...options };
  await cli(
    ...['workflow', 'execute', '--type', type, '--task-queue', `fairway-${service.namespace}`],
    ...['--workflow-id', `tensafe-${version}`, '--input', JSON.stringify(input)],
  );
  const asked = await cli(
    'workflow',
    'query',
    '-w',
    `tensafe-${version}`,
    '--type',
    'status',
    '--output',
    'json',
  );
  return (JSON.parse(asked) as { queryResult: [ReleaseStatus] }).queryResult[0];
}

async function cli(...args: string[]): Promise<string> {
  const { stdout } = await execa(join(toolsFolder(), 'temporal'), [...args, '--address', temporal.address], {
    reject: false,
  });
  return stdout;
}

/** What a release must leave as it found it, whatever became of it; the image that runs is answered. */
async function leftBehind(): Promise<string> {
  const deployments = await service.kubectl('get', 'deployments', '-o', 'jsonpath={.items[*].metadata.name}');
  expect(deployments).toBe('tensafe-server');
  const selector = await service.kubectl(
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
  const seen = await service.kubectl('get', 'deployment', 'tensafe-server', '-o', `jsonpath=${path}`);
  const [replicas, available, image = ''] = seen.split(' ');
  expect([replicas, available]).toEqual(['3', '3']);
  const values = JSON.parse(await service.helm('get', 'values', 'tensafe', '-o', 'json')) as {
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
  expect(await service.kubectl('get', 'configmaps', '-l', 'app.kubernetes.io/managed-by=fairway')).toBe('');
});

describe('a canary', () => {
  test('takes over step by step and leaves only the target’s own Deployment', async () => {
    const status = await release('canaryDeployment', '4.1.0', canary);
    expect(status).toMatchObject({ outcome: 'released', weight: { stable: 3, track: 0 } });
    expect(await leftBehind()).toBe('tensafe/server:4.1.0');
    await recordHistory(temporal.address, 'target:tensafe:dev', 'canary-released');
  });

  test('whose pods crash is taken back', async () => {
    const status = await release('canaryDeployment', '4.1.1-crash', canary);
    expect(status).toMatchObject({ outcome: 'rolledBack' });
    expect(status.reason).toContain('[crash-loop-back-off]');
    expect(await leftBehind()).toBe('tensafe/server:4.1.0');
    await recordHistory(temporal.address, 'target:tensafe:dev', 'canary-crashed');
  });

  test('that does not verify after 100 % is taken back, too', async () => {
    const status = await release('canaryDeployment', '4.1.2-unhealthy', canary);
    expect(status).toMatchObject({ outcome: 'rolledBack' });
    expect(status.steps.find(({ name }) => name === 'Finalise')?.state).toBe('done');
    expect(await leftBehind()).toBe('tensafe/server:4.1.0');
    await recordHistory(temporal.address, 'target:tensafe:dev', 'canary-rolled-back-after-100');
  });
});

describe('a blue/green deployment', () => {
  test('whose green is not well never gives it traffic', async () => {
    const status = await release('blueGreenDeployment', '4.2.0-unhealthy', blueGreen);
    expect(status).toMatchObject({ outcome: 'rolledBack' });
    expect(status.steps.find(({ name }) => name === 'Switch traffic')?.state).toBe('skipped');
    expect(await leftBehind()).toBe('tensafe/server:4.1.0');
    await recordHistory(temporal.address, 'target:tensafe:dev', 'green-refused');
  });

  test('switches all traffic to green and back to the target’s own Deployment on the new version', async () => {
    const status = await release('blueGreenDeployment', '4.2.1', blueGreen);
    expect(status).toMatchObject({ outcome: 'released' });
    expect(await leftBehind()).toBe('tensafe/server:4.2.1');
    await recordHistory(temporal.address, 'target:tensafe:dev', 'blue-green-released');
  });
});
