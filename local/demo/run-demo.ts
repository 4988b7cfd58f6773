/** The demo: everything that a release needs on this machine, one release, and what a person would type. */
import { dirname, join } from 'node:path';
import { Client } from '@temporalio/client';
import { demoHelp } from '../demo-help.mjs';
import { runJobs, type Job } from '../jobs.ts';
import type { Cluster } from '../cluster.ts';
import { startPlatform, type Platform } from '../platform.ts';
import type { TemporalServer } from '../temporal-server.ts';
import { linkTools } from '../tool-links.ts';
import { allTools, planTools } from '../tools.ts';
import { startWorkerProcess, type WorkerProcess } from '../worker-process.ts';
import { announcementIn } from './announcement.ts';
import { approve } from './approve.ts';
import type { DemoArguments } from './arguments.ts';
import { cliCommand, runCommand } from './command.ts';
import { writeDemoConfiguration } from './configuration.ts';
import { followRelease } from './follow-release.ts';
import { installed, installTenSafe } from './install.ts';
import { say, sayHeading } from './say.ts';
import { scenes, type DemoScene } from './scenes.ts';
import { connectTo } from '../temporal-connection.ts';

const contexts = ['dev-cluster', 'staging-cluster', 'prod-cluster'];
const good = '4.1.0';
const bad = '4.1.1-unhealthy';
/** As a shell has it: 128 + SIGINT. */
const interruptedCode = 130;

export async function runDemo(args: DemoArguments): Promise<number> {
  if (args.help) {
    process.stdout.write(demoHelp);
    return 0;
  }
  const interrupted = untilInterrupted();
  const tools = await planTools(allTools);
  await runJobs(tools.jobs);
  const bin = await linkTools(tools.paths);

  const scene = scenes[args.strategy];
  sayHeading(`TenSafe ${installed} → ${args.bad ? bad : good} in ${scene.environment}`);
  const platform = startPlatform({ bin, contexts });
  let worker: WorkerProcess | undefined;
  try {
    const ready = await Promise.race([interrupted, untilReady(platform, scene)]);
    if (ready === 'interrupted') return interruptedCode;
    worker = startWorker(ready, await writeDemoConfiguration(ready.cluster.folder));
    const outcome = await Promise.race([interrupted, demonstrate(ready, worker, scene, args.bad)]);
    if (outcome === 'interrupted') return interruptedCode;
    if (!args.exit) {
      sayWhatElse(ready, scene);
      await interrupted;
    }
    return outcome === (args.bad ? 'rolledBack' : 'released') ? 0 : 1;
  } finally {
    say('\nStopping …');
    await worker?.stop();
    await platform.stop();
    say('Stopped; nothing is left running.');
  }
}

interface Servers {
  readonly platform: Platform;
  readonly temporal: TemporalServer;
  readonly cluster: Cluster;
}

function startWorker({ platform, temporal, cluster }: Servers, configFile: string): WorkerProcess {
  return startWorkerProcess({
    temporalAddress: temporal.address,
    configFile,
    kubeconfig: cluster.kubeconfig,
    helm: platform.helm,
    logFile: join(cluster.folder, 'worker.log'),
    onLine: (line) => {
      const told = announcementIn(line);
      if (told !== undefined) say(`  Slack (no token, logged only): ${told.replaceAll('\n', '\n    ')}`);
    },
  });
}

async function demonstrate(
  { platform, temporal }: Servers,
  worker: WorkerProcess,
  { type, environment, options, approvers }: DemoScene,
  isBad: boolean,
): Promise<string> {
  await worker.ready;
  const connection = await connectTo(temporal.address);
  const client = new Client({ connection });
  const version = isBad ? bad : good;
  const workflowId = `tensafe-${version}`;
  const input = { service: 'tensafe', environment, version, requestedBy: 'you@example.com', ...options };
  const command = cliCommand(temporal.address, [
    ...['workflow', 'start', '--type', type, '--task-queue', 'fairway'],
    ...['--workflow-id', workflowId, '--fail-existing'],
    ...['--static-summary', summaryOf(version, environment), '--input', JSON.stringify(input)],
  ]);
  say(`\nWatch it: ${temporal.uiUrl}/namespaces/default/workflows/${workflowId}\n`);
  say(`$ ${command.shown}`);
  await runCommand(platform.temporalCli, command);
  const people = { temporalCli: platform.temporalCli, address: temporal.address, workflowId };
  const [outcome] = await Promise.all([
    followRelease(client, workflowId, temporal.address),
    approve(client, { ...people, people: approvers }),
  ]);
  return outcome;
}

/** The servers start side by side; the service is installed as soon as there is a cluster. */
async function untilReady(platform: Platform, scene: DemoScene): Promise<Servers> {
  const tensafe = platform.cluster.then((cluster) => installTenSafe(platform.helm, cluster, scene));
  await runJobs([
    shown('Temporal server with its UI', platform.temporal),
    shown('Kubernetes: API server, etcd, scheduler, controllers, three simulated nodes', platform.cluster),
    shown(`TenSafe ${installed}, installed with Helm`, tensafe),
  ]);
  return { platform, temporal: await platform.temporal, cluster: await platform.cluster };
}

function shown(title: string, work: Promise<unknown>): Job {
  return {
    title,
    run: async () => {
      await work;
    },
  };
}

function sayWhatElse({ platform, temporal, cluster }: Servers, { type, environment }: DemoScene): void {
  const { address, uiUrl } = temporal;
  const input = (more: object = {}) => JSON.stringify({ service: 'tensafe', environment, ...more });
  const shown = (...args: string[]) => `  $ ${cliCommand(address, args).shown}`;
  sayHeading('Everything stays up until Ctrl-C. What else to try');
  say(`The Temporal UI: ${uiUrl}`);
  say(`The cluster: export KUBECONFIG=${cluster.kubeconfig}`);
  say(`The tools: export PATH=${dirname(platform.temporalCli)}:$PATH`);
  say('Verify what runs:');
  say(
    shown(
      ...['workflow', 'execute', '--type', 'verification', '--task-queue', 'fairway'],
      ...['--workflow-id', 'tensafe-check', '--input', input()],
    ),
  );
  say('Release another version; stop it in the middle:');
  say(
    shown(
      ...['workflow', 'start', '--type', type, '--task-queue', 'fairway'],
      ...['--workflow-id', 'tensafe-4.2.0', '--fail-existing'],
      ...['--static-summary', summaryOf('4.2.0', environment)],
      ...['--input', input({ version: '4.2.0', requestedBy: 'you@example.com' })],
    ),
  );
  say(
    shown(
      ...['workflow', 'signal', '--workflow-id', 'tensafe-4.2.0', '--name', 'abort'],
      ...['--input', '{"by":"you@example.com","reason":"changed my mind"}'],
    ),
  );
  say('Versions that go wrong: end the version with -crash, -unhealthy, -no-image, -never-ready, -oom …');
}

/** The title of a release in the Temporal UI. */
function summaryOf(version: string, environment: string): string {
  return `TenSafe ${version} to ${environment}`;
}

function untilInterrupted(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    const stop = (): void => {
      resolve('interrupted');
    };
    process.once('SIGINT', stop).once('SIGTERM', stop).once('SIGHUP', stop);
  });
}
