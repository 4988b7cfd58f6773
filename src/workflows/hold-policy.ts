/** Makes the release that holds a target give it back: it is asked to abort, and has put everything back when it ends. */
import { getExternalWorkflowHandle, isCancellation } from '@temporalio/workflow';
import type { Holder } from '../activities/temporal/types.ts';
import type { PersonMessage } from '../domain/person-message.ts';
import type { InterruptedRelease } from '../domain/rollback-decision.ts';
import { ending } from './activity-options.ts';
import { abortSignal } from './messages.ts';
import type { Progress } from './progress.ts';

/** Asks the holder to abort, waits until it has put the target back, and answers how it ended. */
export async function abortHolder(
  workflowId: string,
  holder: Holder,
  message: PersonMessage,
  progress: Progress,
): Promise<InterruptedRelease> {
  return progress.step('Stop the release', () => stop(workflowId, holder, message), {
    next: `release "${holder.release}" (${holder.description}) holds the target: it was asked to abort, and this one goes on when it has put the target back`,
    done: ({ outcome }) => `release "${holder.release}" ended: ${outcome ?? 'without a word'}`,
  });
}

async function stop(
  workflowId: string,
  { runId, release }: Holder,
  message: PersonMessage,
): Promise<InterruptedRelease> {
  // One that has just ended needs no message, and how it ended is asked all the same.
  await getExternalWorkflowHandle(workflowId, runId)
    .signal(abortSignal, message)
    .catch((error: unknown) => {
      if (isCancellation(error)) throw error;
    });
  const { status } = await ending.awaitEnd.executeWithOptions(
    { summary: `Wait until release ${release} has put the target back` },
    [{ workflowId, runId }],
  );
  return {
    release,
    ...(status?.outcome === undefined ? {} : { outcome: status.outcome }),
    ...(status?.from === undefined ? {} : { from: status.from }),
    ...(status?.changed === undefined ? {} : { changed: status.changed }),
  };
}
