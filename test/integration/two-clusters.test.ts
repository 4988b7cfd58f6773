/**
 * From dev by staging to production, which is a cluster of its own: its worker holds its credentials only,
 * and the control worker holds none of them.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startCluster, type Cluster } from '../../local/cluster.ts';
import { eventualStatus } from '../support/eventually.ts';
import { loadKubeConfig } from '../../local/kube-config.ts';
import { annotations } from '../../local/kwok/annotations.ts';
import { startStandIn } from '../../local/stand-in.ts';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { toolsFolder, useCluster, type TestCluster } from '../support/cluster.ts';
import { recordHistory } from '../support/record-history.ts';
import { installService, type ServiceUnderRelease } from '../support/service-under-release.ts';
import { temporalCli } from '../support/temporal-cli.ts';

// Whole releases on a machine that may be busy.
jest.setTimeout(1_200_000);

const first = useCluster();
let folder: string;
let temporal: TemporalServer;
let second: Cluster;
let standIn: Awaited<ReturnType<typeof startStandIn>>;
const workers: WorkerProcess[] = [];
/** By service and environment. Two services, so that what needs a fresh one need not wait for the other. */
const places = new Map<string, ServiceUnderRelease>();
const services = ['asked', 'moved'] as const;
type Service = (typeof services)[number];
const environments = ['dev', 'staging', 'production'] as const;
type Environment = (typeof environments)[number];

const { cli, status, untilListed } = temporalCli(() => temporal.address);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-two-clusters-'));
  const starting = startSecond();
  const install = async (service: Service, environment: Environment, cluster: Promise<TestCluster>) => {
    const own = join(folder, `${service}-${environment}`);
    places.set(
      `${service}-${environment}`,
      await installService(await cluster, { folder: own, version: '4.0.0' }),
    );
  };
  [temporal] = await Promise.all([
    startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true }),
    ...services.flatMap((service) => [
      install(service, 'dev', Promise.resolve(first())),
      install(service, 'staging', Promise.resolve(first())),
      install(service, 'production', starting),
    ]),
  ]);
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
  workers.push(
    startWorkerProcess({
      ...shared,
      kubeconfig: second.kubeconfig,
      logFile: join(folder, 'production.log'),
      args: ['--environment', 'production', '--no-control'],
    }),
  );
  await Promise.all(workers.map(({ ready }) => ready));
});

async function startSecond(): Promise<TestCluster> {
  second = await startCluster({ bin: toolsFolder(), contexts: ['prod-cluster'] });
  standIn = await startStandIn({ kubeconfig: second.kubeconfig });
  return { kubeconfig: second.kubeconfig, config: loadKubeConfig(second.kubeconfig) };
}

afterAll(async () => {
  for (const worker of workers) await worker.stop();
  await temporal.stop();
  await standIn.stop();
  await second.stop();
  await rm(folder, { recursive: true });
});

const place = (service: Service, environment: Environment): ServiceUnderRelease => {
  const found = places.get(`${service}-${environment}`);
  if (found === undefined) throw new Error(`${service} is not installed in ${environment}.`);
  return found;
};

function configuration(): string {
  const context = first().config.currentContext;
  const namespaces = (service: Service) =>
    environments
      .map((environment) => `${environment}: { namespace: ${place(service, environment).namespace} }`)
      .join(', ');
  return `
environments:
  dev: { cluster: ${context}, namespace: default }
  staging: { cluster: ${context}, namespace: default, promotion: { from: dev } }
  production:
    cluster: prod-cluster
    namespace: default
    strategy: canary
    approvals: { required: 2, people: [ada@example.com, grace@example.com] }
    promotion: { from: staging }
services:${services
    .map(
      (service) => `
  ${service}:
    displayName: TenSafe
    deployment: tensafe-server
    container: tensafe
    image: tensafe/server
    kubernetesService: tensafe-server
    verification: { port: 8000 }
    canary: { steps: [{ weight: 50, bake: 2s }, { weight: 100, bake: 2s }] }
    environments: { ${namespaces(service)} }`,
    )
    .join('')}
`;
}

async function release(
  verb: 'start' | 'execute',
  service: Service,
  environment: Environment,
  version: string,
) {
  const input = { service, environment, version, requestedBy: 'ana@example.com' };
  const workflowId = `${service}-${environment}-${version}`;
  const ended = await cli(
    ...['workflow', verb, '--type', 'release', '--task-queue', 'fairway', '--workflow-id', workflowId],
    ...['--input', JSON.stringify(input)],
  );
  return { ...ended, workflowId, said: ended.stdout + ended.stderr };
}

/** Released, and in the lists that the next environment asks. */
async function released(service: Service, environment: Environment, version: string): Promise<void> {
  const { exitCode, workflowId } = await release('execute', service, environment, version);
  expect(exitCode).toBe(0);
  await untilListed(workflowId);
}

describe('a version that the environment before has not verified', () => {
  test.concurrent('is taken neither by staging nor by production', async () => {
    for (const [environment, before] of [
      ['staging', 'dev'],
      ['production', 'staging'],
    ] as const) {
      const ended = await release('execute', 'asked', environment, '4.1.0');
      expect(ended.exitCode).toBe(1);
      expect(ended.said).toContain(`${before} has not verified v4.1.0`);
      expect(await place('asked', environment).images()).toEqual(['tensafe/server:4.0.0']);
    }
  });

  test.concurrent('because dev rolled it back goes no further', async () => {
    const { workflowId, exitCode } = await release('execute', 'moved', 'dev', '4.0.9-crash');
    expect(exitCode).toBe(1);
    const ended = await release('execute', 'moved', 'staging', '4.0.9-crash');
    expect(ended.exitCode).toBe(1);
    expect(ended.said).toContain('dev has not verified v4.0.9-crash');
    expect((await status(workflowId)).outcome).toBe('rolledBack');
  });
});

describe('a version that dev and staging verified', () => {
  test.concurrent('goes to production, once two people agree', async () => {
    await released('asked', 'dev', '4.2.0');
    await released('asked', 'staging', '4.2.0');
    const { workflowId } = await release('start', 'asked', 'production', '4.2.0');
    const asked = await untilAsked(workflowId);
    const promotion = asked.steps.find(({ name }) => name === 'Promotion from staging');
    expect(promotion).toMatchObject({ state: 'done' });

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
    const { images } = place('asked', 'production');
    expect((await approve('ada@example.com')).stdout).toContain('1 of 2');
    expect((await approve('Ada <ADA@example.com>')).stderr).toContain('counts once');
    expect(await images()).toEqual(['tensafe/server:4.0.0']);
    expect((await approve('grace@example.com')).stdout).toContain('2 of 2');

    expect((await cli('workflow', 'result', '-w', workflowId)).exitCode).toBe(0);
    expect(await images()).toEqual(['tensafe/server:4.2.0']);
    await recordHistory(temporal.address, 'target:asked:production', 'release-approved-canary');
    await recordHistory(temporal.address, workflowId, 'release-asking');
  });

  test.concurrent('and whose tag was moved since then goes no further than the first pods', async () => {
    for (const environment of ['dev', 'staging'] as const) await released('moved', environment, '4.3.0');
    const production = place('moved', 'production');
    const template = { metadata: { annotations: { [annotations.build]: 'another' } } };
    await production.kubectl(
      ...['patch', 'deployment', 'tensafe-server', '--patch', JSON.stringify({ spec: { template } })],
    );
    await production.kubectl('rollout', 'status', 'deployment/tensafe-server', '--timeout', '120s');

    const { workflowId } = await release('start', 'moved', 'production', '4.3.0');
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
      /4\.3\.0 in production is another image \(sha256:\w+…\) than the one verified in staging \(sha256:\w+…, moved-staging-4\.3\.0\)/,
    );
    expect(steps.map(({ name }) => name)).not.toContain('Finalise');
    expect(await production.images()).toEqual(['tensafe/server:4.0.0']);
  });
});

function untilAsked(workflowId: string): Promise<ReleaseStatus> {
  return eventualStatus(
    () => status(workflowId),
    ({ approval }) => approval !== undefined,
  );
}
