/** Starts a worker process, keeps it until it is asked to stop, and answers its exit code. */
import { KubeConfig } from '@kubernetes/client-node';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Runtime, DefaultLogger, type Worker } from '@temporalio/worker';
import type { Configuration } from '../config/configuration.ts';
import { loadConfiguration } from '../config/load.ts';
import { ConfigurationError } from '../config/problem.ts';
import { readSecrets } from '../config/secrets.ts';
import { help, parseWorkerArguments, type WorkerArguments } from './arguments.ts';
import { reconcileSchedules } from './schedules.ts';
import { ensureSearchAttributes } from './search-attributes.ts';
import { StartError } from './start-error.ts';
import { createWorkers, type WorkersOptions } from './workers.ts';

/** What tests may add. */
type Additions = Pick<WorkersOptions, 'interceptors' | 'workflowBundle'>;

export async function runWorker(args: readonly string[], additions: Additions = {}): Promise<number> {
  try {
    const parsed = parseWorkerArguments(args);
    if (parsed.help) {
      process.stdout.write(help);
      return 0;
    }
    await serve(parsed, additions);
    return 0;
  } catch (error) {
    if (error instanceof ConfigurationError) return complain(error.message, 2);
    if (error instanceof StartError) return complain(error.message, error.exitCode);
    throw error;
  }
}

function complain(message: string, code: number): number {
  process.stderr.write(`${message}\n`);
  return code;
}

async function serve(args: WorkerArguments, additions: Additions): Promise<void> {
  const configuration = await loadConfiguration(args.config);
  const environments = servedEnvironments(configuration, args.environments);
  Runtime.install({ logger: new DefaultLogger('INFO'), shutdownSignals: [] });
  const { connection, namespace } = await connect();
  try {
    await ensureSearchAttributes(connection, namespace);
    if (args.control) {
      const { schedule } = new Client({ connection, namespace });
      await reconcileSchedules(schedule, configuration, Runtime.instance().logger);
    }
    const workers = await createWorkers({
      connection,
      namespace,
      configuration,
      environments,
      control: args.control,
      secrets: readSecrets(),
      kubeConfig: readKubeConfig(args.kubeconfig),
      ...(args.kubeconfig === undefined ? {} : { kubeconfigPath: args.kubeconfig }),
      helm: args.helm,
      log: Runtime.instance().logger,
      ...additions,
    });
    await runUntilStopped(workers);
  } finally {
    await connection.close();
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

async function connect(): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const address = connectionOptions.address ?? 'localhost:7233';
  try {
    return { connection: await NativeConnection.connect(connectionOptions), namespace };
  } catch (error) {
    throw new StartError(
      `No Temporal server answers at ${address} (${error instanceof Error ? error.message : String(error)}). ` +
        'Start one with `temporal server start-dev`, or set TEMPORAL_ADDRESS or TEMPORAL_PROFILE.',
    );
  }
}

function readKubeConfig(path: string | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  if (path === undefined) kubeConfig.loadFromDefault();
  else kubeConfig.loadFromFile(path);
  return kubeConfig;
}

/** The first signal lets running activities end; Temporal hands what is left to another worker. */
async function runUntilStopped(workers: readonly Worker[]): Promise<void> {
  const stop = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await Promise.all(workers.map((worker) => worker.run().finally(stop)));
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
