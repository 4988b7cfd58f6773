/**
 * The lock of a target is a workflow ID. A workflow started under any other ID hands its work to a
 * child that has the target's ID, mirrors its status and passes on messages and cancellation.
 */
import {
  ChildWorkflowFailure,
  isCancellation,
  ParentClosePolicy,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
  type Workflow,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Holder } from '../activities/temporal/types.ts';
import { cancelledStatus } from '../domain/cancelled-status.ts';
import { maxSummaryBytes } from '../domain/defaults.ts';
import { failureTypes } from '../domain/failures.ts';
import type { PersonMessage } from '../domain/person-message.ts';
import type { QueueRank } from '../domain/queue.ts';
import type { InterruptedRelease } from '../domain/rollback-decision.ts';
import { shortened } from '../domain/shortened.ts';
import { signalCommand } from '../domain/signal-command.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import type { TargetRef, WhenHeldPolicy } from '../domain/target.ts';
import { displayVersion } from '../domain/version.ts';
import { targetWorkflowId } from '../domain/workflow-ids.ts';
import { configuration, temporal } from './activity-options.ts';
import { failure, statusOf } from './failure.ts';
import { Forwarding } from './forward-messages.ts';
import { handlersFinished } from './handlers-finished.ts';
import { now, type Progress } from './progress.ts';
import { waitInQueue } from './queue.ts';
import { identityAttributes } from './search-attributes.ts';
import { scheduledBy } from './unattended.ts';

/** `undefined`: the environment's own. A rollback makes every release give way that is no rollback itself. */
export type WhenHeld = WhenHeldPolicy | { readonly rollback: PersonMessage } | undefined;

/** Runs `work` in the workflow that holds the target: this one, or a child that does the same again. */
export async function underTargetLock(
  ref: TargetRef,
  input: unknown,
  progress: Progress,
  work: () => Promise<ReleaseStatus>,
  whenHeld: WhenHeld,
): Promise<ReleaseStatus> {
  const lock = targetWorkflowId(ref);
  if (workflowInfo().workflowId === lock) return work();

  const child = await takeTarget(ref, input, progress, whenHeld);
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
    else if (isCancellation(error.cause)) progress.mirror(cancelledStatus(progress.status, now()));
    // The child's own failure says it best; wrapped, people would read "Child Workflow execution failed".
    throw error.cause;
  } finally {
    forwarding.end();
    progress.finishAsReported();
    await handlersFinished();
  }
}

/** At once where it is free, else as the policy says. */
async function takeTarget(
  ref: TargetRef,
  input: unknown,
  progress: Progress,
  whenHeld: WhenHeld,
): Promise<ChildWorkflowHandle<Workflow>> {
  const lock = targetWorkflowId(ref);
  const take = (rank?: QueueRank, interrupted?: InterruptedRelease) =>
    startHolder({ lock, input, status: progress.status, rank, interrupted });
  const child = await take();
  if (child !== undefined) return child;
  const refuse = async (holder: Holder | undefined): Promise<Error> => {
    const message = lockedMessage(holder, progress.status);
    return failure(failureTypes.targetLocked, message, await progress.finish('refused', message));
  };
  const policy = whenHeld ?? (await environmentPolicy(ref));
  if (policy === 'reject') {
    const summary = `Who holds ${lock}?`;
    throw await refuse(await temporal.describeHolder.executeWithOptions({ summary }, [{ workflowId: lock }]));
  }
  const rank = typeof policy === 'string' ? policy : 'rollback';
  const message = typeof policy === 'string' ? supersedeMessage(progress.status) : policy.rollback;
  return waitInQueue({ lock, rank, message }, progress, (interrupted) => take(rank, interrupted), refuse);
}

/** Only whoever meets a holder needs to know. */
async function environmentPolicy({ service, environment }: TargetRef): Promise<WhenHeldPolicy> {
  const summary = `What to do in ${environment} when the target is held`;
  const target = await configuration.resolveTarget.executeWithOptions({ summary }, [
    { service, environment },
  ]);
  return target.environment.whenHeld;
}

function supersedeMessage({ version, release, requestedBy }: ReleaseStatus): PersonMessage {
  return {
    by: requestedBy ?? `release ${release}`,
    reason: `superseded by release "${release}" of ${displayVersion(version)}`,
  };
}

interface HolderStart {
  readonly lock: string;
  readonly input: unknown;
  readonly status: ReleaseStatus;
  /** Absent: it did not have to wait. */
  readonly rank: QueueRank | undefined;
  readonly interrupted: InterruptedRelease | undefined;
}

/** `undefined` when another workflow holds the target. */
async function startHolder({
  lock,
  input,
  status,
  rank,
  interrupted,
}: HolderStart): Promise<ChildWorkflowHandle<Workflow> | undefined> {
  const { workflowId, workflowType, startTime } = workflowInfo();
  const description = describe(status);
  const schedule = scheduledBy();
  try {
    return await startChild(workflowType, {
      workflowId: lock,
      args: [input],
      memo: {
        release: workflowId,
        description,
        askedAt: startTime.toISOString(),
        ...(rank === undefined ? {} : { rank }),
        ...(interrupted === undefined ? {} : { interrupted }),
        ...(schedule === undefined ? {} : { schedule }),
      },
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
    'Nothing was changed. Wait until it ends (with "whenHeld": "wait" it waits by itself), or end it with: ' +
    signalCommand(holder.release, 'abort', { by: 'you@example.com', reason: 'why' })
  );
}

function describe(status: ReleaseStatus): string {
  const by = status.requestedBy === undefined ? '' : `, requested by ${status.requestedBy}`;
  return `${status.service} ${displayVersion(status.version)} → ${status.environment}, ${status.strategy}${by}`;
}
