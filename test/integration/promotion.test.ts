/** From staging to production as people do it: the temporal CLI, a real server, worker and API server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';
import { toolsFolder, useCluster } from '../support/cluster.ts';
import { eventually, eventualStatus } from '../support/eventually.ts';
import { recordHistory } from '../support/record-history.ts';
import { installService, type ServiceUnderRelease } from '../support/service-under-release.ts';
import { temporalCli } from '../support/temporal-cli.ts';

// Whole releases on a machine that may be busy.
jest.setTimeout(1_200_000);

const cluster = useCluster();
let folder: string;
let temporal: TemporalServer;
let worker: WorkerProcess;
let staging: ServiceUnderRelease;
let production: ServiceUnderRelease;
let live: ServiceUnderRelease;

const { cli, status, untilListed } = temporalCli(() => temporal.address);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-promotion-'));
  const install = (own: string) =>
    installService(cluster(), { folder: join(folder, own), version: '4.0.0', minReadySeconds: 0 });
  [temporal, staging, production, live] = await Promise.all([
    startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true }),
    install('staging'),
    install('production'),
    install('live'),
  ]);
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
  live:
    cluster: ${context}
    namespace: ${live.namespace}
    promotion: { from: staging, soak: 720h, override: { people: [ada@example.com] } }
    checklist: [rollbackPlan]
    windows:
      deny: [{ name: Stocktaking, from: 2026-01-01, timeZone: UTC }]
      override: { people: [ada@example.com] }
    approvals: { required: 2, people: [ada@example.com, grace@example.com] }
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
  await eventualStatus(
    () => status('staging-4.1.0'),
    ({ runsIn }) => runsIn !== undefined,
  );
  expect((await release('start', 'staging-4.2.0', 'staging', '4.2.0')).exitCode).toBe(0);
  expect((await cli('workflow', 'result', '-w', 'staging-4.2.0')).exitCode).toBe(0);
  const [first, second] = [await status('staging-4.1.0'), await status('staging-4.2.0')];
  expect([first.outcome, second.outcome]).toEqual(['released', 'released']);
  expect(second.from).toBe('tensafe/server:4.1.0');
  expect(second.verification?.ran).toEqual({
    image: 'tensafe/server:4.2.0',
    digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
  });
  // Where production looks for it.
  await untilListed('staging-4.2.0');
  await recordHistory(temporal.address, 'staging-4.2.0', 'queued-asking');
  await recordHistory(temporal.address, 'target:tensafe:staging', 'queued-and-released');
});

const schedule = 'tensafe-production-nightly';

/** Lets the schedule start a release now; answers its workflow ID once it has ended so. */
async function scheduled(outcome: string): Promise<string> {
  expect((await cli('schedule', 'trigger', '--schedule-id', schedule)).exitCode).toBe(0);
  const query = `FairwayService='tensafe' AND FairwayEnvironment='production' AND FairwayOutcome='${outcome}'`;
  const list = async () => (await cli('workflow', 'list', '--query', query, '--output', 'json')).stdout;
  const atMost = { everyMs: 500, withinMs: 400_000 };
  const stdout = await eventually(list, (listed) => listed.includes('workflowId'), atMost);
  const [found] = JSON.parse(stdout) as { execution: { workflowId: string } }[];
  return found?.execution.workflowId ?? '';
}

describe('what staging verified', () => {
  test.concurrent('the schedule of the file brings to production what staging verified last', async () => {
    const workflowId = await scheduled('released');
    expect(workflowId).toMatch(/^tensafe-production-nightly-\d{4}-/);
    const { steps, version, requestedBy } = await status(workflowId);
    expect({ version, requestedBy }).toEqual({ version: '4.2.0', requestedBy: `schedule:${schedule}` });
    const details = steps.map((step) => `${step.name}: ${step.detail ?? ''}`);
    expect(details).toContain('Choose the version: 4.2.0, verified in staging');
    expect(details.join('\n')).toMatch(
      /Promotion from staging: verified in staging as sha256:\w+… on .*\(staging-4\.2\.0\)/,
    );
    expect(await production.images()).toContain('tensafe/server:4.2.0');
    await recordHistory(temporal.address, 'target:tensafe:production', 'scheduled-and-released');
  });

  test.concurrent(
    'what waits for its soak, its checklist, its window and two people goes when people say so',
    async () => {
      const workflowId = 'live-4.2.0';
      expect((await release('start', workflowId, 'live', '4.2.0')).exitCode).toBe(0);
      const waitsFor = (step: string) =>
        eventualStatus(
          () => status(workflowId),
          ({ phase, next }) => phase === step && next !== undefined,
        );
      const say = async (name: string, message: object) => {
        const input = ['--input', JSON.stringify(message)];
        const said = await cli('workflow', 'update', 'execute', '-w', workflowId, '--name', name, ...input);
        expect(said).toMatchObject({ exitCode: 0 });
      };
      const ada = { by: 'ada@example.com' };
      await waitsFor('Promotion from staging');
      await say('override', { ...ada, what: 'promotion', reason: 'it mends the till' });
      await waitsFor('Checklist');
      await say('attest', { ...ada, item: 'rollbackPlan' });
      await waitsFor('Window for the release');
      await say('override', { ...ada, what: 'window', reason: 'it mends the till' });
      await waitsFor('Approve');
      expect(await live.images()).toEqual(['tensafe/server:4.0.0']);
      for (const by of ['ada@example.com', 'grace@example.com']) await say('approve', { by });

      expect((await cli('workflow', 'result', '-w', workflowId)).exitCode).toBe(0);
      const { decisions } = await status(workflowId);
      expect(decisions?.map(({ what }) => what)).toEqual([
        ...['override of promotion from staging', 'attest rollbackPlan'],
        ...[
          expect.stringContaining('Stocktaking'),
          expect.stringContaining('approve'),
          expect.stringContaining('approve'),
        ],
      ]);
      expect(await live.images()).toContain('tensafe/server:4.2.0');
      await recordHistory(temporal.address, 'target:tensafe:live', 'released-through-all-gates');
      await recordHistory(temporal.address, workflowId, 'released-through-all-gates-asking');
    },
  );
});

test('the schedule finds nothing to do when it comes again', async () => {
  const workflowId = await scheduled('unchanged');
  expect((await status(workflowId)).reason).toBe('4.2.0 runs already: nothing to do.');
  await recordHistory(temporal.address, 'target:tensafe:production', 'scheduled-and-unchanged');
  await recordHistory(temporal.address, workflowId, 'scheduled-and-unchanged-asking');
});

test('a release that holds its target itself is in lists while it waits, and can be ended there', async () => {
  const workflowId = 'target:tensafe:live';
  expect((await release('start', workflowId, 'live', '4.1.0')).exitCode).toBe(0);
  const query = `FairwayWaitsFor='soak' AND WorkflowId='${workflowId}'`;
  const listed = async () => (await cli('workflow', 'list', '--query', query, '--output', 'json')).stdout;
  await eventually(listed, (found) => found.includes(workflowId), { everyMs: 200 });
  const message = JSON.stringify({ by: 'ada@example.com', reason: 'not today' });
  await cli('workflow', 'signal', '-w', workflowId, '--name', 'abort', '--input', message);
  await cli('workflow', 'result', '-w', workflowId);
  expect(await status(workflowId)).toMatchObject({ outcome: 'aborted' });
  await recordHistory(temporal.address, workflowId, 'aborted-at-a-gate');
});
