/** From staging to production as people do it: the temporal CLI, a real server, worker and API server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';
import { toolsFolder, useCluster } from '../support/cluster.ts';
import { installService, type ServiceUnderRelease } from '../support/service-under-release.ts';
import { temporalCli } from '../support/temporal-cli.ts';

// Whole releases on a machine that may be busy.
jest.setTimeout(300_000);

const cluster = useCluster();
let folder: string;
let temporal: TemporalServer;
let worker: WorkerProcess;
let staging: ServiceUnderRelease;
let production: ServiceUnderRelease;

const { cli, status } = temporalCli(() => temporal.address);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-promotion-'));
  const install = () => installService(cluster(), { folder, version: '4.0.0', update: 'image' });
  temporal = await startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true });
  [staging, production] = [await install(), await install()];
  const configFile = join(folder, 'fairway.yaml');
  await writeFile(configFile, configuration());
  worker = startWorkerProcess({
    temporalAddress: temporal.address,
    configFile,
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

function configuration(): string {
  const context = cluster().config.currentContext;
  return `
environments:
  staging: { cluster: ${context}, namespace: ${staging.namespace}, whenHeld: wait }
  production:
    cluster: ${context}
    namespace: ${production.namespace}
    promotion: { from: staging }
services:
  tensafe:
    deployment: tensafe-server
    container: tensafe
    image: tensafe/server
    kubernetesService: tensafe-server
    verification: { port: 8000 }
schedules:
  tensafe-production-nightly:
    service: tensafe
    environment: production
    versionFrom: { verifiedIn: staging }
    cron: 0 2 * * 1-5
    timeZone: Europe/Berlin
`;
}

async function release(verb: 'start' | 'execute', workflowId: string, environment: string, version: string) {
  const input = { service: 'tensafe', environment, version, requestedBy: 'ana@example.com' };
  const ended = await cli(
    ...['workflow', verb, '--type', 'release', '--task-queue', 'fairway', '--workflow-id', workflowId],
    ...['--input', JSON.stringify(input)],
  );
  return { ...ended, said: ended.stdout + ended.stderr };
}

test('production is refused what staging has not verified, and says how to go on', async () => {
  const ended = await release('execute', 'production-early', 'production', '4.1.0');
  expect(ended.exitCode).toBe(1);
  expect(ended.said).toContain('staging has not verified v4.1.0 (not-verified): release it to staging first');
  expect(await production.images()).toEqual(['tensafe/server:4.0.0']);
});

test('staging takes two releases in the order in which they came, and knows what its pods ran', async () => {
  expect((await release('start', 'staging-4.1.0', 'staging', '4.1.0')).exitCode).toBe(0);
  expect((await release('start', 'staging-4.2.0', 'staging', '4.2.0')).exitCode).toBe(0);
  expect((await cli('workflow', 'result', '-w', 'staging-4.2.0')).exitCode).toBe(0);
  const [first, second] = [await status('staging-4.1.0'), await status('staging-4.2.0')];
  expect([first.outcome, second.outcome]).toEqual(['released', 'released']);
  expect(second.from).toBe('tensafe/server:4.1.0');
  expect(second.verification?.ran).toEqual({
    image: 'tensafe/server:4.2.0',
    digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
  });
});

test('the schedule of the file brings to production what staging verified last', async () => {
  const name = 'tensafe-production-nightly';
  expect((await cli('schedule', 'trigger', '--schedule-id', name)).exitCode).toBe(0);
  for (;;) {
    const query = `FairwayService='tensafe' AND FairwayEnvironment='production' AND FairwayOutcome='released'`;
    const { stdout } = await cli('workflow', 'list', '--query', query, '--output', 'json');
    const [found] = JSON.parse(stdout) as { execution: { workflowId: string } }[];
    if (found !== undefined) {
      expect(found.execution.workflowId).toMatch(/^tensafe-production-nightly-\d{4}-/);
      const { steps, version, requestedBy } = await status(found.execution.workflowId);
      expect({ version, requestedBy }).toEqual({ version: '4.2.0', requestedBy: `schedule:${name}` });
      const details = steps.map((step) => `${step.name}: ${step.detail ?? ''}`);
      expect(details).toContain('Choose the version: 4.2.0, verified in staging');
      expect(details.join('\n')).toMatch(
        /Promotion from staging: verified in staging as sha256:\w+… on .*\(staging-4\.2\.0\)/,
      );
      break;
    }
    await new Promise((next) => setTimeout(next, 500));
  }
  expect(await production.images()).toContain('tensafe/server:4.2.0');
});
