import {
  ApplicationFailure,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
} from '@temporalio/client';
import type { RunningWorkflowReader } from './index.ts';

export function createRunningWorkflowReader(client: Client): RunningWorkflowReader {
  return {
    describeRunning: async (workflowId) => {
      try {
        const description = await client.workflow.getHandle(workflowId).describe();
        if (description.status.name !== 'RUNNING') return undefined;
        const { runId, type, startTime, memo } = description;
        return { workflowId, runId, type, startedAt: startTime, memo: memo ?? {} };
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    },
    resultOf: async ({ workflowId, runId }, signal) => {
      const handle = client.workflow.getHandle(workflowId, runId);
      try {
        return (await client.withAbortSignal(signal, () => handle.result())) as unknown;
      } catch (error) {
        // Somebody deleted it, or its retention is over: it has ended, and left no word.
        if (error instanceof WorkflowNotFoundError) return undefined;
        if (!(error instanceof WorkflowFailedError)) throw error;
        return error.cause instanceof ApplicationFailure ? error.cause.details?.[0] : undefined;
      }
    },
  };
}
