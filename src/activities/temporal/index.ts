import { Context } from '@temporalio/activity';
import type { ReleaseStatus } from '../../domain/status.ts';
import { describeHolder, describeQueue } from './describe-queue.ts';
import { findEnd } from './find-end.ts';
import { findVerified } from './find-verified.ts';
import type { TemporalActivities } from './types.ts';
import type { WorkflowLists } from './workflow-lists.ts';

/** What is asked of Temporal's client; `undefined` when no such workflow runs. */
export interface RunningWorkflowReader {
  describeRunning(workflowId: string): Promise<RunningWorkflow | undefined>;
  /** The result, or the details of the failure, of a run once it has ended; rejects when the signal aborts. */
  resultOf(run: { workflowId: string; runId: string }, signal: AbortSignal): Promise<unknown>;
}

export interface RunningWorkflow {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly startedAt: Date;
  readonly memo: Readonly<Record<string, unknown>>;
}

/** Reads only, so it can be repeated. */
export function createTemporalActivities(deps: {
  readonly workflows: RunningWorkflowReader;
  readonly lists: WorkflowLists;
}): TemporalActivities {
  return {
    describeHolder: ({ workflowId }) => describeHolder(workflowId, deps.workflows),
    describeQueue: ({ workflowId }) => describeQueue(workflowId, deps),
    awaitEnd: async (run) => {
      const { cancellationSignal, cancelled } = Context.current();
      const result = await Promise.race([deps.workflows.resultOf(run, cancellationSignal), cancelled]);
      return isStatus(result) ? { status: result } : {};
    },
    findVerified: (question) => findVerified(question, deps.lists),
    findEnd: (question) => findEnd(question, deps.lists),
  };
}

/** A release ends with its status, as its result or as its failure's detail; one that was terminated says nothing. */
function isStatus(result: unknown): result is ReleaseStatus {
  return typeof result === 'object' && result !== null && 'outcome' in result;
}
