/**
 * From dev by staging to production, which is a cluster of its own: its worker holds its credentials only,
 * and the control worker holds none of them.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { startCluster, type Cluster } from '../../local/cluster.ts';
import { annotations } from '../../local/kwok/annotations.ts';
import { startStandIn } from '../../local/stand-in.ts';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { toolsFolder, useCluster } from '../support/cluster.ts';
import { recordHistory } from '../support/record-history.ts';
import { installService, type ServiceUnderRelease } from '../support/service-under-release.ts';
import { temporalCli } from '../support/temporal-cli.ts';

// Whole releases on a machine that may be busy.
jest.setTimeout(300_000);

const first = useCluster();
let folder: string;
let temporal: TemporalServer;
let second: Cluster;
let standIn: Awaited<ReturnType<typeof startStandIn>>;
const workers: WorkerProcess[] = [];
const places = new Map<string, ServiceUnderRelease>();

const { cli, status } = temporalCli(() => temporal.address);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-two-clusters-'));
  temporal = await startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true });
  second = await startCluster({ bin: toolsFolder(), contexts: ['prod-cluster'] });
  standIn = await startStandIn({ kubeconfig: second.kubeconfig });
  const config = new KubeConfig();
  config.loadFromFile(second.kubeconfig);
  const installation = { folder, version: '4.0.0', update: 'image' as const };
  places.set('dev', await installService(first(), installation));
  places.set('staging', await installService(first(), installation));
  places.set('production', await installService({ kubeconfig: second.kubeconfig, config }, installation));
  const configFile = join(folder, 'fairway.yaml');
  await writeFile(configFile, configuration());
  const shared = { temporalAddress: temporal.address, configFile, helm: join(toolsFolder(), 'helm') };
  workers.push(
    startWorkerProcess({
      ...shared,
      kubeconfig: first().kubeconfig,
      logFile: join(folder, 'control.log'),
      args: ['--environment', 'dev', '--environment', 'staging'],
    }),
  );
  await workers[0]?.ready;
  workers.push(
    startWorkerProcess({
      ...shared,
      kubeconfig: second.kubeconfig,
      logFile: join(folder, 'production.log'),
      args: ['--environment', 'production', '--no-control'],
    }),
  );
  await workers[1]?.ready;
});

afterAll(async () => {
  for (const worker of workers) await worker.stop();
  await temporal.stop();
  await standIn.stop();
  await second.stop();
  await rm(folder, { recursive: true });
});

function configuration(): string {
  const context = first().config.currentContext;
  const namespace = (environment: string) => places.get(environment)?.namespace ?? '';
  return `
environments:
  dev: { cluster: ${context}, namespace: ${namespace('dev')} }
  staging: { cluster: ${context}, namespace: ${namespace('staging')}, promotion: { from: dev } }
  production:
    cluster: prod-cluster
    namespace: ${namespace('production')}
    strategy: canary
    approvals: { required: 2, people: [ada@example.com, grace@example.com] }
    promotion: { from: staging }
services:
  tensafe:
    deployment: tensafe-server
    container: tensafe
    image: tensafe/server
    kubernetesService: tensafe-server
    verification: { port: 8000 }
    canary: { steps: [{ weight: 50, bake: 2s }, { weight: 100, bake: 2s }] }
`;
}

async function release(verb: 'start' | 'execute', environment: string, version: string) {
  const input = { service: 'tensafe', environment, version, requestedBy: 'ana@example.com' };
  const workflowId = `${environment}-${version}`;
  const ended = await cli(
    ...['workflow', verb, '--type', 'release', '--task-queue', 'fairway', '--workflow-id', workflowId],
    ...['--input', JSON.stringify(input)],
  );
  return { ...ended, workflowId, said: ended.stdout + ended.stderr };
}

const images = (environment: string) => places.get(environment)?.images();

test('neither staging nor production takes what the environment before has not verified', async () => {
  for (const [environment, before] of [
    ['staging', 'dev'],
    ['production', 'staging'],
  ] as const) {
    const ended = await release('execute', environment, '4.1.0');
    expect(ended.exitCode).toBe(1);
    expect(ended.said).toContain(`${before} has not verified v4.1.0`);
    expect(await images(environment)).toEqual(['tensafe/server:4.0.0']);
  }
});

test('a version that dev rolled back goes no further', async () => {
  expect((await release('execute', 'dev', '4.0.9-crash')).exitCode).toBe(1);
  const ended = await release('execute', 'staging', '4.0.9-crash');
  expect(ended.exitCode).toBe(1);
  expect(ended.said).toContain('dev has not verified v4.0.9-crash');
  expect((await status('dev-4.0.9-crash')).outcome).toBe('rolledBack');
});

test('what dev and staging verified goes to production, once two people agree', async () => {
  expect((await release('execute', 'dev', '4.2.0')).exitCode).toBe(0);
  expect((await release('execute', 'staging', '4.2.0')).exitCode).toBe(0);
  const { workflowId } = await release('start', 'production', '4.2.0');
  const asked = await untilAsked(workflowId);
  expect(asked.steps.find(({ name }) => name === 'Promotion from staging')).toMatchObject({ state: 'done' });

  const approve = (by: string) =>
    cli(
      ...['workflow', 'update', 'execute', '-w', workflowId, '--name', 'approve'],
      ...['--input', JSON.stringify({ by })],
    );
  for (const [by, why] of [
    ['ana@example.com', 'ana@example.com asked for this release'],
    ['mallory@example.com', 'not mallory@example.com'],
  ] as const) {
    const refused = await approve(by);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(why);
  }
  expect((await approve('ada@example.com')).stdout).toContain('1 of 2');
  expect((await approve('Ada <ADA@example.com>')).stderr).toContain('counts once');
  expect(await images('production')).toEqual(['tensafe/server:4.0.0']);
  expect((await approve('grace@example.com')).stdout).toContain('2 of 2');

  expect((await cli('workflow', 'result', '-w', workflowId)).exitCode).toBe(0);
  expect(await images('production')).toEqual(['tensafe/server:4.2.0']);
  await recordHistory(temporal.address, 'target:tensafe:production', 'release-approved-canary');
  await recordHistory(temporal.address, workflowId, 'release-asking');
});

test('a tag that was moved since staging verified it goes no further than the first pods', async () => {
  for (const environment of ['dev', 'staging']) {
    expect((await release('execute', environment, '4.3.0')).exitCode).toBe(0);
  }
  const production = places.get('production');
  const template = { metadata: { annotations: { [annotations.build]: 'another' } } };
  await production?.kubectl(
    ...['patch', 'deployment', 'tensafe-server', '--patch', JSON.stringify({ spec: { template } })],
  );
  await production?.kubectl('rollout', 'status', 'deployment/tensafe-server', '--timeout', '120s');

  const { workflowId } = await release('start', 'production', '4.3.0');
  await untilAsked(workflowId);
  for (const by of ['ada@example.com', 'grace@example.com']) {
    const input = JSON.stringify({ by });
    await cli('workflow', 'signal', '-w', workflowId, '--name', 'approve', '--input', input);
  }
  const ended = await cli('workflow', 'result', '-w', workflowId);
  expect(ended.exitCode).toBe(1);
  const { reason, steps, outcome } = await status(workflowId);
  expect(outcome).toBe('rolledBack');
  expect(reason).toMatch(
    /4\.3\.0 in production is another image \(sha256:\w+…\) than the one verified in staging \(sha256:\w+…, staging-4\.3\.0\)/,
  );
  expect(steps.map(({ name }) => name)).not.toContain('Finalise');
  expect(await images('production')).toEqual(['tensafe/server:4.2.0']);
});

async function untilAsked(workflowId: string): Promise<ReleaseStatus> {
  for (;;) {
    const seen = await status(workflowId);
    if (seen.approval !== undefined) return seen;
    if (seen.outcome !== undefined) throw new Error(seen.reason);
    await new Promise((next) => setTimeout(next, 300));
  }
}
