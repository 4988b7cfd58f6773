/** Starts a worker process, keeps it until it is asked to stop, and answers its exit code. */
import { log as activityLog } from '@temporalio/activity';
import { Client } from '@temporalio/client';
import { Runtime, type Logger } from '@temporalio/worker';
import { createWorkflowLists } from '../activities/temporal/workflow-lists.ts';
import type { Configuration } from '../config/configuration.ts';
import { loadConfiguration } from '../config/load.ts';
import { ConfigurationError } from '../config/problem.ts';
import { missingSecrets } from '../config/missing-secrets.ts';
import { readSecrets } from '../config/secrets.ts';
import { help, parseWorkerArguments, type WorkerArguments } from './arguments.ts';
import { connectToTemporal } from './connection.ts';
import { startHealthServer, type HealthServer } from './health.ts';
import { openClusters } from './in-cluster.ts';
import { readinessOf } from './readiness.ts';
import { runUntilStopped } from './run-until-stopped.ts';
import { reconcileSchedules } from './schedules.ts';
import { ensureSearchAttributes } from './search-attributes.ts';
import { StartError } from './start-error.ts';
import { listenForStop, type StopSignals } from './stop-signals.ts';
import { installTelemetry } from './telemetry.ts';
import { openTracing } from './tracing.ts';
import { watchWaits } from './waits.ts';
import { createWorkers, type WorkersOptions } from './workers.ts';

/** What tests may add. */
type Additions = Pick<WorkersOptions, 'interceptors'>;

export async function runWorker(args: readonly string[], additions: Additions = {}): Promise<number> {
  const signals = listenForStop();
  try {
    const parsed = parseWorkerArguments(args);
    if (parsed.help) {
      process.stdout.write(help);
      return 0;
    }
    await serve(parsed, signals, additions);
    return 0;
  } catch (error) {
    if (error instanceof ConfigurationError) return complain(error.message, 2);
    if (error instanceof StartError) return complain(error.message, error.exitCode);
    throw error;
  } finally {
    signals.close();
  }
}

function complain(message: string, code: number): number {
  process.stderr.write(`${message}\n`);
  return code;
}

async function serve(args: WorkerArguments, signals: StopSignals, additions: Additions): Promise<void> {
  const configuration = await loadConfiguration(args.config);
  const environments = servedEnvironments(configuration, args.environments);
  const log = installTelemetry(args);
  // First of all, so that a probe hears of a worker that waits for Temporal.
  const health =
    args.health === undefined ? undefined : await startHealthServer('--health-address', args.health);
  try {
    await Promise.race([
      serveWith({ args, configuration, environments, health, log, signals }, additions),
      // What is half open ends with the process: a server that does not answer would hold it for long.
      signals.early.then((signal) => {
        log.info(`${signal}: ends before it has served anything.`);
      }),
    ]);
  } finally {
    await health?.close();
  }
}

interface Setting {
  readonly args: WorkerArguments;
  readonly configuration: Configuration;
  readonly environments: readonly string[];
  readonly health: HealthServer | undefined;
  readonly log: Logger;
  readonly signals: StopSignals;
}

async function serveWith(
  { args, configuration, environments, health, log, signals }: Setting,
  additions: Additions,
): Promise<void> {
  const secrets = readSecrets();
  if (args.control) for (const line of missingSecrets(configuration, secrets)) log.warn(line);
  const served = configuration.environments.filter(({ name }) => environments.includes(name));
  const clusters = await openClusters(args, served);
  const { connection, namespace } = await connectToTemporal();
  const tracing = await openTracing(log);
  try {
    await ensureSearchAttributes(connection, namespace);
    const client = new Client({ connection, namespace });
    if (args.control) await reconcileSchedules(client.schedule, configuration, log);
    const workers = await createWorkers({
      connection,
      namespace,
      configuration,
      environments,
      control: args.control,
      secrets,
      ...clusters,
      helm: args.helm,
      // Its lines name the release and the target.
      log: activityLog,
      tracing,
      ...additions,
    });
    health?.ask(() => readinessOf(workers, connection, namespace));
    const isAsked = args.control && args.metrics !== undefined;
    const waits = isAsked
      ? watchWaits(createWorkflowLists(client), Runtime.instance().metricMeter)
      : undefined;
    await runUntilStopped(workers, signals, log).finally(() => waits?.close());
  } finally {
    await tracing?.close();
    await connection.close();
    await clusters.close();
  }
}

function servedEnvironments(configuration: Configuration, asked?: readonly string[]): readonly string[] {
  const known = configuration.environments.map(({ name }) => name);
  const unknown = asked?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length > 0) {
    throw new StartError(
      `${configuration.file} has no environment ${unknown.join(', ')}. It has: ${known.join(', ')}.`,
      2,
    );
  }
  return asked ?? known;
}
