/** A Temporal test server that skips time, and workers for one test's world. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  Runtime,
  Worker,
  DefaultLogger,
  type RuntimeOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { createTemporalActivities } from '../../src/activities/temporal/index.ts';
import { createRunningWorkflowReader } from '../../src/activities/temporal/running-workflows.ts';
import { createWorkflowLists, type WorkflowLists } from '../../src/activities/temporal/workflow-lists.ts';
import { heartbeatInterceptor } from '../../src/activities/heartbeat.ts';
import { startTemporalServer } from '../../local/temporal-server.ts';
import { searchAttributeNames } from '../../src/domain/search-attributes.ts';
import { builtWorkflows } from './app.ts';
import { toolsFolder } from './cluster.ts';
import type { World } from './fake-world.ts';
import type { Target } from '../../src/domain/target.ts';

export interface Bench {
  readonly env: TestWorkflowEnvironment;
  /**
   * Runs `work` beside a worker that serves this world; the control task queue is passed in, and what puts
   * another worker in its place, which knows nothing of what the first one held in memory.
   */
  runWith<T>(
    make: (taskQueue: string) => World,
    work: (world: World, taskQueue: string, replaceWorker: () => Promise<void>) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

/**
 * Waits pass at once. There are no lists of workflows. `workflows` is the path of other ones than those that are
 * shipped; `runtime` what the process tells of itself.
 */
export async function openBench(workflows?: string, runtime: RuntimeOptions = {}): Promise<Bench> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), ...runtime });
  return benchOn(await startSkippingServer(), workflows);
}

/** The server that people use in development: with lists of workflows, and with real time. */
export async function openServerBench(runtime: RuntimeOptions = {}): Promise<Bench> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), ...runtime });
  const server = await startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true });
  const bench = await benchOn(
    await TestWorkflowEnvironment.createFromExistingServer({ address: server.address }),
  );
  return {
    ...bench,
    close: async () => {
      await bench.close();
      await server.stop();
    },
  };
}

async function benchOn(env: TestWorkflowEnvironment, workflows?: string): Promise<Bench> {
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: Object.fromEntries(Object.values(searchAttributeNames).map((name) => [name, 2])),
  });
  const workflowBundle =
    workflows === undefined
      ? { codePath: builtWorkflows() }
      : await bundleWorkflowCode({ workflowsPath: workflows, logger: new DefaultLogger('ERROR') });
  let queues = 0;
  return {
    env,
    runWith: async (make, work) => {
      const taskQueue = `bench-${(queues += 1)}`;
      const world = make(taskQueue);
      const hire = () => aWorker(env, workflowBundle, taskQueue, world);
      let worker = await hire();
      let running = worker.run();
      const replaceWorker = async (): Promise<void> => {
        worker.shutdown();
        await running;
        worker = await hire();
        running = worker.run();
      };
      try {
        return await work(world, taskQueue, replaceWorker);
      } finally {
        worker.shutdown();
        await running;
      }
    },
    close: () => env.teardown(),
  };
}

/** The server that skips time has no lists: everybody is alone there. */
function listsOf(env: TestWorkflowEnvironment): WorkflowLists {
  const lists = createWorkflowLists(env.client);
  return env.supportsTimeSkipping ? { ...lists, list: () => Promise.resolve([]) } : lists;
}

function aWorker(
  env: TestWorkflowEnvironment,
  workflowBundle: WorkflowBundleOption,
  taskQueue: string,
  world: World,
): Promise<Worker> {
  return Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle,
    activities: {
      ...createTemporalActivities({
        workflows: createRunningWorkflowReader(env.client),
        lists: listsOf(env),
      }),
      ...world.activities,
    },
    interceptors: { activity: [(context) => ({ inbound: heartbeatInterceptor(context) })] },
    maxHeartbeatThrottleInterval: '500ms',
  });
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
