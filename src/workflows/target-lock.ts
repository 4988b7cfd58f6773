/**
 * The lock of a target is a workflow ID. A workflow started under any other ID hands its work to a
 * child that has the target's ID, mirrors its status and passes on messages and cancellation.
 */
import {
  ChildWorkflowFailure,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
  type Workflow,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { maxSummaryBytes } from '../domain/defaults.ts';
import { failureTypes } from '../domain/failures.ts';
import { shortened } from '../domain/shortened.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import type { TargetRef } from '../domain/target.ts';
import { displayVersion } from '../domain/version.ts';
import { targetWorkflowId } from '../domain/workflow-ids.ts';
import { temporal } from './activity-options.ts';
import { failure } from './failure.ts';
import { abortSignal, progressSignal } from './messages.ts';
import type { Progress } from './progress.ts';

/** Runs `work` in the workflow that holds the target: this one, or a child that does the same again. */
export async function underTargetLock(
  ref: TargetRef,
  input: unknown,
  progress: Progress,
  work: () => Promise<ReleaseStatus>,
): Promise<ReleaseStatus> {
  const lock = targetWorkflowId(ref);
  if (workflowInfo().workflowId === lock) return work();

  const child = await takeTarget(lock, input, progress);
  progress.set({ runsIn: { workflowId: lock, runId: child.firstExecutionRunId }, steps: [] });
  setHandler(progressSignal, (status) => {
    progress.mirror(status);
  });
  setHandler(abortSignal, (message) => child.signal(abortSignal, message));
  try {
    return (await child.result()) as ReleaseStatus;
  } catch (error) {
    // The child's own failure says it best; wrapped, people would read "Child Workflow execution failed".
    throw error instanceof ChildWorkflowFailure && error.cause !== undefined ? error.cause : error;
  } finally {
    progress.finishAsReported();
  }
}

async function takeTarget(
  lock: string,
  input: unknown,
  progress: Progress,
): Promise<ChildWorkflowHandle<Workflow>> {
  const { workflowId, workflowType } = workflowInfo();
  const description = describe(progress.status);
  try {
    return await startChild(workflowType, {
      workflowId: lock,
      args: [input],
      memo: { release: workflowId, description },
      staticSummary: shortened(description, maxSummaryBytes),
      // Whoever terminates the asking workflow still gets a target that is put back.
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const message = await lockedMessage(lock, progress.status);
    throw failure(failureTypes.targetLocked, message, await progress.finish('refused', message));
  }
}

async function lockedMessage(lock: string, status: ReleaseStatus): Promise<string> {
  const what = `${status.service} in ${status.environment}`;
  const holder = await temporal.describeHolder({ workflowId: lock });
  if (holder === undefined) {
    return `${what} was held by another release that ended just now. Nothing was changed; start this one again.`;
  }
  return (
    `${what} is held by release "${holder.release}" (${holder.description}, since ${holder.startedAt}). ` +
    `Nothing was changed. Wait until it ends, or end it with: temporal workflow signal -w ${holder.release} --name abort ` +
    `--input '{"by":"you@example.com","reason":"why"}'`
  );
}

function describe(status: ReleaseStatus): string {
  const by = status.requestedBy === undefined ? '' : `, requested by ${status.requestedBy}`;
  return `${status.service} ${displayVersion(status.version)} → ${status.environment}, ${status.strategy}${by}`;
}
