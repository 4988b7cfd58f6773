/**
 * The lock of a target is a workflow ID. A workflow started under any other ID hands its work to a
 * child that has the target's ID, mirrors its status and passes on messages and cancellation.
 */
import {
  allHandlersFinished,
  ChildWorkflowFailure,
  condition,
  ParentClosePolicy,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
  type Workflow,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Holder } from '../activities/temporal/types.ts';
import { maxSummaryBytes } from '../domain/defaults.ts';
import { failureTypes } from '../domain/failures.ts';
import type { InterruptedRelease } from '../domain/rollback-decision.ts';
import { shortened } from '../domain/shortened.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import type { TargetRef } from '../domain/target.ts';
import { displayVersion } from '../domain/version.ts';
import { targetWorkflowId } from '../domain/workflow-ids.ts';
import { temporal } from './activity-options.ts';
import { failure, statusOf } from './failure.ts';
import { Forwarding } from './forward-messages.ts';
import { abortHolder, type WhenHeld } from './hold-policy.ts';
import type { Progress } from './progress.ts';
import { identityAttributes } from './search-attributes.ts';

/** Runs `work` in the workflow that holds the target: this one, or a child that does the same again. */
export async function underTargetLock(
  ref: TargetRef,
  input: unknown,
  progress: Progress,
  work: () => Promise<ReleaseStatus>,
  whenHeld: WhenHeld = { policy: 'refuse' },
): Promise<ReleaseStatus> {
  const lock = targetWorkflowId(ref);
  if (workflowInfo().workflowId === lock) return work();

  const child = await takeTarget(lock, input, progress, whenHeld);
  progress.set({ runsIn: { workflowId: lock, runId: child.firstExecutionRunId }, steps: [] });
  const forwarding = new Forwarding(child, progress);
  try {
    const status = (await child.result()) as ReleaseStatus;
    progress.mirror(status);
    return status;
  } catch (error) {
    if (!(error instanceof ChildWorkflowFailure) || error.cause === undefined) throw error;
    const status = statusOf(error.cause);
    if (status !== undefined) progress.mirror(status);
    // The child's own failure says it best; wrapped, people would read "Child Workflow execution failed".
    throw error.cause;
  } finally {
    forwarding.end();
    progress.finishAsReported();
    await condition(allHandlersFinished);
  }
}

/** Under `abortHolder`: whoever takes the target first after a release was stopped for it is stopped, too. */
async function takeTarget(
  lock: string,
  input: unknown,
  progress: Progress,
  whenHeld: WhenHeld,
): Promise<ChildWorkflowHandle<Workflow>> {
  let interrupted: InterruptedRelease | undefined;
  for (;;) {
    const child = await startHolder(lock, input, progress.status, interrupted);
    if (child !== undefined) return child;
    const holder = await temporal.describeHolder({ workflowId: lock });
    const stoppable = whenHeld.policy === 'abortHolder' && holder?.type !== workflowInfo().workflowType;
    if (!stoppable) {
      const message = lockedMessage(holder, progress.status);
      throw failure(failureTypes.targetLocked, message, await progress.finish('refused', message));
    }
    if (holder === undefined) continue;
    const stopped = await abortHolder(lock, holder, whenHeld.message, progress);
    // What ran before the first of them is what "previous" was said of.
    interrupted ??= stopped;
  }
}

/** `undefined` when another workflow holds the target. */
async function startHolder(
  lock: string,
  input: unknown,
  status: ReleaseStatus,
  interrupted: InterruptedRelease | undefined,
): Promise<ChildWorkflowHandle<Workflow> | undefined> {
  const { workflowId, workflowType } = workflowInfo();
  const description = describe(status);
  try {
    return await startChild(workflowType, {
      workflowId: lock,
      args: [input],
      memo: { release: workflowId, description, ...(interrupted === undefined ? {} : { interrupted }) },
      typedSearchAttributes: identityAttributes(status),
      staticSummary: shortened(description, maxSummaryBytes),
      // Whoever terminates the asking workflow still gets a target that is put back.
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}

/** The release that was stopped so that this workflow could have the target, if there was one. */
export function interruptedRelease(): InterruptedRelease | undefined {
  return workflowInfo().memo?.['interrupted'] as InterruptedRelease | undefined;
}

function lockedMessage(holder: Holder | undefined, status: ReleaseStatus): string {
  const what = `${status.service} in ${status.environment}`;
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
