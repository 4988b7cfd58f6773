/** Whether this process can take work: all its workers poll, and Temporal answers. */
import type { NativeConnection, Worker } from '@temporalio/worker';
import { excerpt } from '../domain/redact.ts';

export type Readiness =
  | { readonly ready: true; readonly taskQueues: readonly string[] }
  | { readonly ready: false; readonly reason: string };

/** The part of the connection that is used. */
type AskedConnection = Pick<NativeConnection, 'withDeadline' | 'workflowService'>;
/** The part of a worker that is used. */
type AskedWorker = Pick<Worker, 'getStatus' | 'options'>;

/** Milliseconds; the SDK itself tries again until then. */
const answerWithin = 2_000;
const maxReasonLength = 300;

/**
 * Asks the server, too: the workers of the SDK go on polling while it is away, and their state does not tell.
 * The namespace is asked for since that is what polling needs.
 */
export async function readinessOf(
  workers: readonly AskedWorker[],
  connection: AskedConnection,
  namespace: string,
): Promise<Readiness> {
  if (workers.length === 0) return { ready: false, reason: 'the worker is starting' };
  for (const worker of workers) {
    const reason = notPolling(worker);
    if (reason !== undefined) return { ready: false, reason };
  }
  try {
    await connection.withDeadline(Date.now() + answerWithin, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } catch (error) {
    const why = excerpt(error instanceof Error ? error.message : String(error), maxReasonLength);
    return { ready: false, reason: `Temporal does not answer for namespace "${namespace}": ${why}` };
  }
  return { ready: true, taskQueues: workers.map(({ options }) => options.taskQueue) };
}

function notPolling(worker: AskedWorker): string | undefined {
  const { runState, workflowPollerState, activityPollerState } = worker.getStatus();
  const queue = `the worker of task queue "${worker.options.taskQueue}"`;
  if (runState !== 'RUNNING') return `${queue} is ${runState}`;
  // One without workflows does not poll for them, and is no worse for it.
  const pollers = [workflowPollerState, activityPollerState];
  const isPolling = pollers.includes('POLLING') && !pollers.includes('FAILED');
  return isPolling ? undefined : `${queue} does not poll (workflows, activities: ${pollers.join(', ')})`;
}
