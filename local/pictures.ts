/**
 * Takes the pictures in `docs/images` from real runs: `npx tsx local/pictures.ts`, with the path of a
 * Chromium in CHROMIUM. Emoji need a font that has them.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { execa } from 'execa';
import type { ReleaseStatus } from '../src/domain/status.ts';
import { targetWorkflowId } from '../src/domain/workflow-ids.ts';
import { failWith } from './fail-with.ts';
import { cliCommand } from './demo/command.ts';
import { runJobs } from './jobs.ts';
import { openTemporalUi, type TemporalUi } from './pictures/temporal-ui.ts';
import { install, startPlatform, type Platform } from './platform.ts';
import { linkTools } from './tool-links.ts';
import { allTools, planTools } from './tools.ts';
import { startWorkerProcess } from './worker-process.ts';

const images = fileURLToPath(new URL('../docs/images/', import.meta.url));
const profile = fileURLToPath(new URL('../profiles/tensafe/', import.meta.url));
const target = { service: 'tensafe', environment: 'dev' };
const context = 'dev-cluster';
const namespace = 'tensafe-dev';
const good = '4.1.0';
const bad = '4.2.0-unhealthy';
const askAgainMs = 200;

try {
  await takePictures(process.env['CHROMIUM'] ?? '/usr/bin/chromium');
} catch (error) {
  failWith(error);
}
process.exit();

async function takePictures(chromium: string): Promise<void> {
  const tools = await planTools(allTools);
  await runJobs(tools.jobs);
  await mkdir(images, { recursive: true });
  const platform = startPlatform({ bin: await linkTools(tools.paths), contexts: [context] });
  const temporal = await platform.temporal;
  const cluster = await installed(platform);
  const worker = startWorkerProcess({
    temporalAddress: temporal.address,
    configFile: join(profile, 'fairway.yaml'),
    kubeconfig: cluster.kubeconfig,
    helm: platform.helm,
    logFile: join(cluster.folder, 'worker.log'),
  });
  let ui: TemporalUi | undefined;
  try {
    await worker.ready;
    ui = await openTemporalUi(chromium, temporal.uiUrl);
    const connection = await Connection.connect({ address: temporal.address });
    await photograph(ui, new Client({ connection }), (version) => start(platform, temporal.address, version));
  } finally {
    await ui?.close();
    await worker.stop();
    await platform.stop();
  }
}

async function photograph(
  ui: TemporalUi,
  client: Client,
  release: (version: string) => Promise<string>,
): Promise<void> {
  const holder = targetWorkflowId(target);

  const goodId = await release(good);
  await until(client, goodId, 'Monitor rollout');
  await ui.photographDetails(goodId, join(images, 'release-running.png'));
  await ended(client, goodId);
  await ui.photographDetails(goodId, join(images, 'release-done.png'));
  await ui.photographTimeline(holder, join(images, 'release-timeline.png'));

  const badId = await release(bad);
  await ended(client, badId);
  await ui.photographDetails(badId, join(images, 'release-rolled-back.png'));
  await ui.photographTimeline(holder, join(images, 'release-rolled-back-timeline.png'));
  await ui.photographList(join(images, 'releases.png'));
}

/** As a person would; answers the workflow ID. */
async function start(platform: Platform, address: string, version: string): Promise<string> {
  const workflowId = `tensafe-${version}`;
  const command = cliCommand(address, [
    ...['workflow', 'start', '--type', 'standardDeployment', '--task-queue', 'fairway'],
    ...['--workflow-id', workflowId, '--fail-existing'],
    ...['--static-summary', `TenSafe ${version} to dev`],
    ...['--input', JSON.stringify({ ...target, version, requestedBy: 'you@example.com' })],
  ]);
  await execa(platform.temporalCli, command.args);
  return workflowId;
}

/** Asks until it is so: a query is the only way to see into a running workflow. */
async function until(client: Client, workflowId: string, phase: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  for (;;) {
    const status = await handle.query<ReleaseStatus>('status');
    if (status.phase === phase) return;
    if (status.outcome !== undefined)
      throw new Error(`${workflowId}: ${status.phase}: ${status.reason ?? ''}`);
    await sleep(askAgainMs);
  }
}

async function ended(client: Client, workflowId: string): Promise<void> {
  await client.workflow
    .getHandle(workflowId)
    .result()
    .catch(() => undefined);
}

async function installed(platform: Platform) {
  const cluster = await platform.cluster;
  await cluster.kubectl(['create', 'namespace', namespace]);
  await cluster.kubectl([
    ...['create', 'secret', 'generic', 'tensafe-secrets', '--namespace', namespace],
    '--from-literal=database-url=postgresql://demo',
  ]);
  await install(platform.helm, cluster, {
    release: 'tensafe',
    chart: join(profile, 'chart'),
    namespace,
    context,
    version: '4.0.0',
    // Slow enough to be photographed in the middle.
    values: ['minReadySeconds=5'],
  });
  // Helm does not wait for the minReadySeconds.
  await cluster.kubectl([
    ...['rollout', 'status', 'deployment/tensafe-server', '--namespace', namespace],
    ...['--context', context, '--timeout', '2m'],
  ]);
  return cluster;
}
