import type { TemporalActivities } from './types.ts';

/** What is asked of Temporal's client; `undefined` when no such workflow runs. */
export interface RunningWorkflowReader {
  describeRunning(workflowId: string): Promise<RunningWorkflow | undefined>;
}

export interface RunningWorkflow {
  readonly workflowId: string;
  readonly type: string;
  readonly startedAt: Date;
  readonly memo: Readonly<Record<string, unknown>>;
}

/** Reads only, so it can be repeated. */
export function createTemporalActivities(deps: {
  readonly workflows: RunningWorkflowReader;
}): TemporalActivities {
  return {
    describeHolder: async ({ workflowId }) => {
      const running = await deps.workflows.describeRunning(workflowId);
      if (running === undefined) return undefined;
      // Started directly under the target's ID, a release has no other name and no memo.
      const { release, description } = running.memo;
      return {
        release: typeof release === 'string' ? release : running.workflowId,
        description: typeof description === 'string' ? description : running.type,
        startedAt: running.startedAt.toISOString(),
      };
    },
  };
}
