/** A Temporal test server that skips time, and workers for one test's world. */
import type { Duration } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  Runtime,
  DefaultLogger,
  type RuntimeOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { connectTimeout } from '../../local/temporal-connection.ts';
import { startTemporalServer } from '../../local/temporal-server.ts';
import { searchAttributeNames } from '../../src/domain/search-attributes.ts';
import { builtWorkflows, workflowsWith } from './app.ts';
import { hireWorker, type BenchWorker } from './bench-worker.ts';
import { toolsFolder } from './cluster.ts';
import type { World } from './fake-world.ts';
import { startSkippingServer } from './skipping-server.ts';
import type { Target } from '../../src/domain/target.ts';

export interface Bench {
  readonly env: TestWorkflowEnvironment;
  /**
   * Runs `work` beside a worker that serves this world and, until `work` ends, no other one; the control task queue
   * is passed in, and what puts another worker in its place, which knows nothing of what the first one held in memory.
   */
  runWith<T>(
    make: (taskQueue: string) => World,
    work: (world: World, taskQueue: string, replaceWorker: () => Promise<void>) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

/**
 * Waits pass at once. There are no lists of workflows. `workflows` is the path of other ones than those that are
 * shipped; `runtime` what the process tells of itself; `durations` as below, for what the server does not skip.
 */
export async function openBench(
  workflows?: string,
  runtime: RuntimeOptions = {},
  durations: Durations = {},
): Promise<Bench> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), ...runtime });
  const bundle =
    workflows === undefined
      ? shippedWorkflows({ ...unhurried, ...durations })
      : bundleWorkflowCode({ workflowsPath: workflows, logger: new DefaultLogger('ERROR') });
  return benchOn(await startSkippingServer(), await bundle, true);
}

/** Durations of the domain (defaults.ts) by name, in place of those that the workflows were built with. */
type Durations = Readonly<Record<string, number>>;

/** A machine may stand still for longer than a worker may, and once an attempt was cut off the server skips no time. */
const unhurried: Durations = { heartbeatTimeoutSeconds: 600, lookUpSeconds: 600 };

async function shippedWorkflows(durations: Durations): Promise<WorkflowBundleOption> {
  const isAsShipped = Object.keys(durations).length === 0;
  return isAsShipped ? { codePath: builtWorkflows() } : { code: await workflowsWith(durations) };
}

/** The server that people use in development: with lists of workflows, and with real time. */
export async function openServerBench(
  runtime: RuntimeOptions = {},
  durations: Durations = {},
): Promise<Bench> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), ...runtime });
  const server = await startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true });
  return benchOn(server, await shippedWorkflows(durations), false);
}

async function benchOn(
  server: { readonly address: string; readonly stop: () => Promise<void> },
  workflowBundle: WorkflowBundleOption,
  supportsTimeSkipping: boolean,
): Promise<Bench> {
  const env = await connectTo(server.address, supportsTimeSkipping);
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: Object.fromEntries(Object.values(searchAttributeNames).map((name) => [name, 2])),
  });
  let queues = 0;
  const hired: BenchWorker[] = [];
  const idle: BenchWorker[] = [];
  const hire = async (): Promise<BenchWorker> => {
    const worker = await hireWorker(env, workflowBundle, `bench-${(queues += 1)}`);
    hired.push(worker);
    return worker;
  };
  return {
    env,
    runWith: async (make, work) => {
      const worker = idle.pop() ?? (await hire());
      const world = make(worker.taskQueue);
      worker.serve(world);
      try {
        const result = await work(world, worker.taskQueue, worker.replace);
        await worker.inspect();
        return result;
      } finally {
        await worker.tidy();
        idle.push(worker);
      }
    },
    close: async () => {
      await Promise.all(hired.map((worker) => worker.stop()));
      await env.teardown();
      await server.stop();
    },
  };
}

/**
 * Private in the SDK: its public ways to a server that runs already give that ten seconds to answer, and skip no
 * time there.
 */
interface Environments {
  create(options: {
    readonly server: { readonly type: 'existing' };
    readonly address: string;
    readonly supportsTimeSkipping: boolean;
    readonly namespace: string;
    readonly connectionOptions: { readonly connectTimeout: Duration };
  }): Promise<TestWorkflowEnvironment>;
}

function connectTo(address: string, supportsTimeSkipping: boolean): Promise<TestWorkflowEnvironment> {
  return (TestWorkflowEnvironment as unknown as Environments).create({
    ...{ server: { type: 'existing' }, address, supportsTimeSkipping, namespace: 'default' },
    connectionOptions: { connectTimeout },
  });
}

/** The target of a world, served by the bench's own worker. */
export function servedBy(taskQueue: string, target: Target): Target {
  return { ...target, environment: { ...target.environment, taskQueue } };
}
