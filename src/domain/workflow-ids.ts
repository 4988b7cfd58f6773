/** Workflow IDs are built here and nowhere else. */
import type { TargetRef } from './target.ts';

/**
 * The lock: every mutation of a target happens in the one workflow with this ID, and Temporal
 * guarantees that there is one.
 */
export function targetWorkflowId({ service, environment }: TargetRef): string {
  return `target:${service}:${environment}`;
}
