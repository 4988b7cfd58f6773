/** The demo: everything that a release needs on this machine, one release, and what a person would type. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { execa } from 'execa';
import { runJobs, type Job } from '../jobs.ts';
import type { Cluster } from '../cluster.ts';
import { install, startPlatform, type Platform } from '../platform.ts';
import type { TemporalServer } from '../temporal-server.ts';
import { linkTools } from '../tool-links.ts';
import { allTools, planTools } from '../tools.ts';
import { startWorkerProcess, type WorkerProcess } from '../worker-process.ts';
import { demoHelp, type DemoArguments } from './arguments.ts';
import { cliCommand } from './command.ts';
import { followRelease } from './follow-release.ts';
import { say, sayHeading } from './say.ts';

const profile = fileURLToPath(new URL('../../profiles/tensafe/', import.meta.url));
const contexts = ['dev-cluster', 'staging-cluster', 'prod-cluster'];
const installed = '4.0.0';
const good = '4.1.0';
const bad = '4.1.1-unhealthy';
const namespace = 'tensafe-dev';
/** The runbook waits 15 minutes at each step; here it is seconds. A canary needs pods to share out. */
const strategies = {
  standard: { type: 'standardDeployment', replicas: 3, options: {} },
  canary: {
    type: 'canaryDeployment',
    replicas: 10,
    options: {
      steps: [
        { weight: 10, bake: '10s' },
        { weight: 30, bake: '10s' },
        { weight: 50, bake: '10s' },
        { weight: 100, bake: '5s' },
      ],
    },
  },
  blueGreen: { type: 'blueGreenDeployment', replicas: 3, options: { monitor: '15s', keep: '30s' } },
} as const;
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

  sayHeading(`TenSafe ${installed} → ${args.bad ? bad : good} in dev`);
  const platform = startPlatform({ bin, contexts });
  let worker: WorkerProcess | undefined;
  try {
    const ready = await Promise.race([interrupted, untilReady(platform, strategies[args.strategy].replicas)]);
    if (ready === 'interrupted') return interruptedCode;
    worker = startWorker(ready);
    const outcome = await Promise.race([interrupted, demonstrate(ready, worker, args)]);
    if (outcome === 'interrupted') return interruptedCode;
    if (!args.exit) {
      sayWhatElse(ready);
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

interface Scene {
  readonly platform: Platform;
  readonly temporal: TemporalServer;
  readonly cluster: Cluster;
}

function startWorker({ platform, temporal, cluster }: Scene): WorkerProcess {
  return startWorkerProcess({
    temporalAddress: temporal.address,
    configFile: join(profile, 'fairway.yaml'),
    kubeconfig: cluster.kubeconfig,
    helm: platform.helm,
    logFile: join(cluster.folder, 'worker.log'),
    onLine: (line) => {
      // Without a token, what Slack would be told is in the worker's log.
      const told = /\[INFO\] slack[^:]*: (.*?)(?: \{)?$/i.exec(line)?.[1];
      if (told !== undefined) say(`  Slack (no token, logged only): ${told}`);
    },
  });
}

async function demonstrate(
  { platform, temporal }: Scene,
  worker: WorkerProcess,
  args: DemoArguments,
): Promise<string> {
  await worker.ready;
  const connection = await Connection.connect({ address: temporal.address });
  const version = args.bad ? bad : good;
  const workflowId = `tensafe-${version}`;
  const { type, options } = strategies[args.strategy];
  const input = {
    service: 'tensafe',
    environment: 'dev',
    version,
    requestedBy: 'you@example.com',
    ...options,
  };
  const command = cliCommand(temporal.address, [
    ...['workflow', 'start', '--type', type, '--task-queue', 'fairway'],
    ...['--workflow-id', workflowId, '--fail-existing', '--input', JSON.stringify(input)],
  ]);
  say(`\nWatch it: ${temporal.uiUrl}/namespaces/default/workflows/${workflowId}\n`);
  say(`$ ${command.shown}`);
  await execa(platform.temporalCli, command.args);
  return await followRelease(new Client({ connection }), workflowId);
}

/** The servers start side by side; the service is installed as soon as there is a cluster. */
async function untilReady(platform: Platform, replicas: number): Promise<Scene> {
  const tensafe = platform.cluster.then((cluster) => installTenSafe(platform.helm, cluster, replicas));
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

async function installTenSafe(helm: string, cluster: Cluster, replicas: number): Promise<void> {
  await cluster.kubectl(['create', 'namespace', namespace]);
  await cluster.kubectl([
    ...['create', 'secret', 'generic', 'tensafe-secrets', '--namespace', namespace],
    '--from-literal=database-url=postgresql://demo',
  ]);
  await install(helm, cluster, {
    release: 'tensafe',
    chart: join(profile, 'chart'),
    namespace,
    context: 'dev-cluster',
    version: installed,
    values: ['minReadySeconds=1', `replicaCount=${replicas}`],
  });
}

function sayWhatElse({ platform, temporal, cluster }: Scene): void {
  const { address, uiUrl } = temporal;
  const shown = (...args: string[]) => `  $ ${cliCommand(address, args).shown}`;
  sayHeading('Everything stays up until Ctrl-C. What else to try');
  say(`The Temporal UI: ${uiUrl}`);
  say(`The cluster: export KUBECONFIG=${cluster.kubeconfig}`);
  say(`The tools: export PATH=${dirname(platform.temporalCli)}:$PATH`);
  say('Verify what runs:');
  say(
    shown(
      ...['workflow', 'execute', '--type', 'verification', '--task-queue', 'fairway'],
      ...['--workflow-id', 'tensafe-check', '--input', '{"service":"tensafe","environment":"dev"}'],
    ),
  );
  say('Release another version; stop it in the middle:');
  say(
    shown(
      ...['workflow', 'start', '--type', 'standardDeployment', '--task-queue', 'fairway'],
      ...['--workflow-id', 'tensafe-4.2.0', '--fail-existing'],
      ...['--input', '{"service":"tensafe","environment":"dev","version":"4.2.0"}'],
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

function untilInterrupted(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    const stop = (): void => {
      resolve('interrupted');
    };
    process.once('SIGINT', stop).once('SIGTERM', stop).once('SIGHUP', stop);
  });
}
