/** A worker that serves one world after the other: to start one takes longer than most scenes do. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { heartbeatInterceptor } from '../../src/activities/heartbeat.ts';
import { createTemporalActivities } from '../../src/activities/temporal/index.ts';
import { createRunningWorkflowReader } from '../../src/activities/temporal/running-workflows.ts';
import { createWorkflowLists, type WorkflowLists } from '../../src/activities/temporal/workflow-lists.ts';
import { stickyQueueScheduleToStartTimeout } from '../../src/worker/sticky-queue.ts';
import type { World } from './fake-world.ts';
import { withoutSummary } from './without-summary.ts';

export interface BenchWorker {
  readonly taskQueue: string;
  /** Its activities are those of this world, also for what is left of an earlier scene. */
  readonly serve: (world: World) => void;
  /** Throws when an activity or a timer of the scene says nothing of itself in the Temporal UI. */
  readonly inspect: () => Promise<void>;
  /** Ends what the scene left running: it must not act in the next one. */
  readonly tidy: () => Promise<void>;
  /** Puts another worker in its place, which knows nothing of what the first one held in memory. */
  readonly replace: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A turn of a workflow takes milliseconds, unless the machine stands still in it. The SDK takes the option, and does not declare it. */
const isolateExecutionTimeout = '2m';

/** How soon an activity hears that it is cancelled. */
const maxHeartbeatThrottleInterval = '100ms';

export async function hireWorker(
  env: TestWorkflowEnvironment,
  workflowBundle: WorkflowBundleOption,
  taskQueue: string,
): Promise<BenchWorker> {
  let world: World | undefined;
  /** Workflows that had something done in this scene: IDs by run. */
  const seen = new Map<string, string>();
  const own = createTemporalActivities({
    workflows: createRunningWorkflowReader(env.client),
    lists: listsOf(env),
  });
  const act = (...args: unknown[]): unknown => {
    const { activityType, workflowExecution } = Context.current().info;
    if (workflowExecution) seen.set(workflowExecution.runId, workflowExecution.workflowId);
    const known = { ...own, ...world?.activities } as Record<string, (...args: unknown[]) => unknown>;
    const activity = known[activityType];
    if (activity === undefined) throw unregistered(activityType, Object.keys(known));
    return activity(...args);
  };
  const hire = () =>
    Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      workflowBundle,
      activities: { default: act },
      interceptors: { activity: [(context) => ({ inbound: heartbeatInterceptor(context) })] },
      maxHeartbeatThrottleInterval,
      ...{ isolateExecutionTimeout },
      ...(env.supportsTimeSkipping ? {} : { stickyQueueScheduleToStartTimeout }),
    });
  let worker = await hire();
  let running = worker.run();
  const stop = async (): Promise<void> => {
    worker.shutdown();
    await running;
  };
  const seenHandles = () =>
    [...seen].map(([runId, workflowId]) => env.client.workflow.getHandle(workflowId, runId));
  return {
    taskQueue,
    serve: (next) => {
      world = next;
    },
    inspect: async () => {
      const histories = await Promise.all(seenHandles().map((handle) => handle.fetchHistory()));
      const mute = histories.flatMap(withoutSummary);
      if (mute.length > 0) throw new Error(`Without a summary: ${mute.join(', ')}`);
    },
    tidy: async () => {
      const left = seenHandles();
      seen.clear();
      await Promise.all(left.map((handle) => handle.terminate().catch(() => undefined)));
    },
    replace: async () => {
      await stop();
      worker = await hire();
      running = worker.run();
    },
    stop,
  };
}

/** As the SDK says it. */
function unregistered(name: string, known: readonly string[]): ApplicationFailure {
  const message = `Activity function ${name} is not registered on this Worker, available activities: ${JSON.stringify(known)}`;
  return ApplicationFailure.create({ type: 'NotFoundError', message, nonRetryable: false });
}

/** The server that skips time has no lists: everybody is alone there. */
function listsOf(env: TestWorkflowEnvironment): WorkflowLists {
  const lists = createWorkflowLists(env.client);
  return env.supportsTimeSkipping ? { ...lists, list: () => Promise.resolve([]) } : lists;
}
