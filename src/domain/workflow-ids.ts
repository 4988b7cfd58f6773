/** Workflow IDs are built here and nowhere else. */
import type { QueueRank } from './queue.ts';
import type { TargetRef } from './target.ts';

/**
 * The lock: every mutation of a target happens in the one workflow with this ID, and Temporal
 * guarantees that there is one.
 */
export function targetWorkflowId({ service, environment }: TargetRef): string {
  return `target:${service}:${environment}`;
}

/** What follows a release that went wrong: once for each run of it. */
export function incidentWorkflowId(release: string, runId: string): string {
  return `incident:${release}:${runId}`;
}

/** What a workflow says of itself while it waits for a target, so that the others find it. */
export function queueEntry(rank: QueueRank, targetId: string): string {
  return `${rank} ${targetId}`;
}
