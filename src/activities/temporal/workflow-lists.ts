/** Lists of workflows by search attributes: Temporal's visibility. */
import type { Client } from '@temporalio/client';

export interface WorkflowLists {
  /** At most `limit`, in the server's own order, which is the newest first where it has one. */
  list(query: string, limit: number): Promise<readonly ListedWorkflow[]>;
  /** The result of a run that completed; rejects when the signal aborts. */
  resultOf(
    run: { readonly workflowId: string; readonly runId: string },
    signal: AbortSignal,
  ): Promise<unknown>;
}

export interface ListedWorkflow {
  readonly workflowId: string;
  readonly runId: string;
  readonly startedAt: Date;
  /** When it was listed, if it still runs. */
  readonly closedAt: Date;
  /** Search attributes of type Keyword, by name. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly memo: Readonly<Record<string, unknown>>;
}

const pageSize = 100;

export function createWorkflowLists(client: Client): WorkflowLists {
  return {
    list: async (query, limit) => {
      const listed: ListedWorkflow[] = [];
      for await (const found of client.workflow.list({ query, pageSize: Math.min(limit, pageSize) })) {
        listed.push({
          workflowId: found.workflowId,
          runId: found.runId,
          startedAt: found.startTime,
          closedAt: found.closeTime ?? new Date(),
          attributes: Object.fromEntries(
            found.typedSearchAttributes
              .getAll()
              .flatMap(({ key, value }) => (typeof value === 'string' ? [[key.name, value]] : [])),
          ),
          memo: found.memo ?? {},
        });
        if (listed.length === limit) break;
      }
      return listed;
    },
    resultOf: ({ workflowId, runId }, signal) =>
      client.withAbortSignal(signal, () =>
        client.workflow.getHandle(workflowId, runId).result(),
      ) as Promise<unknown>,
  };
}
