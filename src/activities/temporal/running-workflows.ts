import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { RunningWorkflowReader } from './index.ts';

export function createRunningWorkflowReader(client: Client): RunningWorkflowReader {
  return {
    describeRunning: async (workflowId) => {
      try {
        const description = await client.workflow.getHandle(workflowId).describe();
        if (description.status.name !== 'RUNNING') return undefined;
        const { type, startTime, memo } = description;
        return { workflowId, type, startedAt: startTime, memo: memo ?? {} };
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    },
  };
}
