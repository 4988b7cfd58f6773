import type { Client } from '@temporalio/client';

interface Call {
  readonly activity: string;
  /** Which call of it in the workflow, from 1. */
  readonly call: number;
}

/** Resolves when a running workflow has this call of an activity before it. */
export async function untilScheduled(client: Client, workflowId: string, wanted: Call): Promise<void> {
  const history = client.workflowService;
  let nextPageToken: Uint8Array | undefined;
  let calls = 0;
  for (;;) {
    const page = await history.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId },
      waitNewEvent: true,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    for (const { activityTaskScheduledEventAttributes: scheduled } of page.history?.events ?? []) {
      if (scheduled?.activityType?.name === wanted.activity) calls += 1;
      if (calls === wanted.call) return;
    }
    nextPageToken = page.nextPageToken;
    if (nextPageToken.length === 0) {
      throw new Error(`${workflowId} ended before call ${wanted.call} of ${wanted.activity}.`);
    }
  }
}
