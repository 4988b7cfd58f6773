/**
 * Takes the pictures in `docs/images` from real runs: `npx tsx local/pictures.ts`, with the path of a
 * Chromium in CHROMIUM. Emoji need a font that has them.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import type { ReleaseStatus } from '../src/domain/status.ts';
import { targetWorkflowId } from '../src/domain/workflow-ids.ts';
import { failWith } from './fail-with.ts';
import { approve, type Approval } from './demo/approve.ts';
import { cliCommand, runCommand } from './demo/command.ts';
import { writeDemoConfiguration } from './demo/configuration.ts';
import { installTenSafe } from './demo/install.ts';
import { scenes, type DemoScene } from './demo/scenes.ts';
import { runJobs } from './jobs.ts';
import { openTemporalUi, type TemporalUi } from './pictures/temporal-ui.ts';
import { startPlatform } from './platform.ts';
import { linkTools } from './tool-links.ts';
import { allTools, planTools } from './tools.ts';
import { startWorkerProcess } from './worker-process.ts';
import { connectTo } from './temporal-connection.ts';

const images = fileURLToPath(new URL('../docs/images/', import.meta.url));
const good = '4.1.0';
const bad = '4.2.0-unhealthy';
const askAgainMs = 200;
/** Slow enough to be photographed in the middle. */
const slowlyReadySeconds = 5;
/** Each strategy has a target of its own: production of the demo, in a namespace for each. */
const cast: readonly DemoScene[] = [scenes.standard, scenes.canary, { ...scenes.blueGreen, ...ofStaging() }];

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
  const contexts = cast.map(({ context }) => context);
  const platform = startPlatform({ bin: await linkTools(tools.paths), contexts });
  const temporal = await platform.temporal;
  const cluster = await platform.cluster;
  for (const scene of cast) await installTenSafe(platform.helm, cluster, scene, slowlyReadySeconds);
  const worker = startWorkerProcess({
    temporalAddress: temporal.address,
    configFile: await writeDemoConfiguration(cluster.folder),
    kubeconfig: cluster.kubeconfig,
    helm: platform.helm,
    logFile: join(cluster.folder, 'worker.log'),
  });
  let ui: TemporalUi | undefined;
  try {
    await worker.ready;
    ui = await openTemporalUi(chromium, temporal.uiUrl);
    const connection = await connectTo(temporal.address);
    const client = new Client({ connection });
    const people = { temporalCli: platform.temporalCli, address: temporal.address };
    await photograph({ ui, client, people });
  } finally {
    await ui?.close();
    await worker.stop();
    await platform.stop();
  }
}

interface Studio {
  readonly ui: TemporalUi;
  readonly client: Client;
  readonly people: Pick<Approval, 'temporalCli' | 'address'>;
}

async function photograph(studio: Studio): Promise<void> {
  const { ui, client } = studio;
  const to = (name: string) => join(images, `${name}.png`);
  const holder = ({ environment }: DemoScene) => targetWorkflowId({ service: 'tensafe', environment });
  const [standard, canary, blueGreen] = cast as readonly [DemoScene, DemoScene, DemoScene];

  const goodId = await start(studio, standard, good);
  await until(client, goodId, 'Monitor rollout');
  await ui.photographDetails(goodId, to('release-running'));
  await ended(client, goodId);
  await ui.photographDetails(goodId, to('release-done'));
  const badId = await start(studio, standard, bad);
  await ended(client, badId);
  await ui.photographDetails(badId, to('release-rolled-back'));
  await ui.photographTimeline(holder(standard), to('release-rolled-back-timeline'));

  const canaryId = await start(studio, canary, good);
  await until(client, canaryId, 'Approve');
  await ui.photographDetails(canaryId, to('canary-approval'));
  await approve(client, { ...studio.people, workflowId: canaryId, people: canary.approvers });
  await until(client, canaryId, 'Watch at 50 %');
  await ui.photographDetails(canaryId, to('canary-running'));
  await ended(client, canaryId);
  const badCanaryId = await start(studio, canary, bad);
  await approve(client, { ...studio.people, workflowId: badCanaryId, people: canary.approvers });
  await ended(client, badCanaryId);
  await ui.photographDetails(badCanaryId, to('canary-rolled-back'));

  const greenId = await start(studio, blueGreen, good);
  await until(client, greenId, 'Watch green');
  await ui.photographDetails(greenId, to('blue-green-running'));
  await ended(client, greenId);
  await ui.photographList(to('releases'));
}

/** Nobody has to approve there. */
function ofStaging() {
  return { environment: 'staging', context: 'staging-cluster', namespace: 'tensafe-staging' };
}

/** As a person would; answers the workflow ID. */
async function start({ people }: Studio, scene: DemoScene, version: string): Promise<string> {
  const { type, environment, options } = scene;
  const workflowId = `tensafe-${version}-${environment}`;
  const input = { service: 'tensafe', environment, version, requestedBy: 'you@example.com', ...options };
  const command = cliCommand(people.address, [
    ...['workflow', 'start', '--type', type, '--task-queue', 'fairway'],
    ...['--workflow-id', workflowId, '--fail-existing'],
    ...['--static-summary', `TenSafe ${version} to ${environment}`],
    ...['--input', JSON.stringify(input)],
  ]);
  await runCommand(people.temporalCli, command);
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
