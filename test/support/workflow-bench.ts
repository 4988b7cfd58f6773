/** A Temporal test server that skips time, and workers for one test's world. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  Runtime,
  DefaultLogger,
  type RuntimeOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { startTemporalServer } from '../../local/temporal-server.ts';
import { searchAttributeNames } from '../../src/domain/search-attributes.ts';
import { builtWorkflows, workflowsWith } from './app.ts';
import { hireWorker, type BenchWorker } from './bench-worker.ts';
import { toolsFolder } from './cluster.ts';
import type { World } from './fake-world.ts';
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
 * shipped; `runtime` what the process tells of itself; `hasty` as below, for what the server does not skip.
 */
export async function openBench(
  workflows?: string,
  runtime: RuntimeOptions = {},
  hasty: Hasty = {},
): Promise<Bench> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), ...runtime });
  const bundle =
    workflows === undefined
      ? shippedWorkflows(hasty)
      : bundleWorkflowCode({ workflowsPath: workflows, logger: new DefaultLogger('ERROR') });
  return benchOn(await startSkippingServer(), await bundle);
}

/** Durations of the domain (defaults.ts) by name, in place of longer ones that the workflows were built with. */
type Hasty = Readonly<Record<string, number>>;

async function shippedWorkflows(hasty: Hasty): Promise<WorkflowBundleOption> {
  const isAsShipped = Object.keys(hasty).length === 0;
  return isAsShipped ? { codePath: builtWorkflows() } : { code: await workflowsWith(hasty) };
}

/** The server that people use in development: with lists of workflows, and with real time. */
export async function openServerBench(runtime: RuntimeOptions = {}, hasty: Hasty = {}): Promise<Bench> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), ...runtime });
  const server = await startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true });
  const bench = await benchOn(
    await TestWorkflowEnvironment.createFromExistingServer({ address: server.address }),
    await shippedWorkflows(hasty),
  );
  return {
    ...bench,
    close: async () => {
      await bench.close();
      await server.stop();
    },
  };
}

async function benchOn(env: TestWorkflowEnvironment, workflowBundle: WorkflowBundleOption): Promise<Bench> {
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
    },
  };
}

/** The SDK gives it five seconds, which a busy machine may not have at once. */
async function startSkippingServer(attempts = 6): Promise<TestWorkflowEnvironment> {
  try {
    return await TestWorkflowEnvironment.createTimeSkipping(serverOptions());
  } catch (error) {
    if (attempts <= 1) throw error;
    return startSkippingServer(attempts - 1);
  }
}

/** Where the SDK may download its own server it does; elsewhere the set-up names one. */
function serverOptions() {
  const path = process.env['FAIRWAY_TEST_SERVER'];
  return path === undefined
    ? undefined
    : { server: { executable: { type: 'existing-path' as const, path } } };
}

/** The target of a world, served by the bench's own worker. */
export function servedBy(taskQueue: string, target: Target): Target {
  return { ...target, environment: { ...target.environment, taskQueue } };
}
