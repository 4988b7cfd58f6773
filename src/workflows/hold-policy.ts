/** What a workflow does when another one holds its target: give up, or ask that one to abort and wait. */
import {
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';
import type { Holder } from '../activities/temporal/types.ts';
import { failureTypes } from '../domain/failures.ts';
import { parsePersonMessage, type PersonMessage } from '../domain/person-message.ts';
import type { InterruptedRelease } from '../domain/rollback-decision.ts';
import { ending } from './activity-options.ts';
import { failure } from './failure.ts';
import { abortSignal } from './messages.ts';
import type { Progress } from './progress.ts';

export type WhenHeld =
  | { readonly policy: 'refuse' }
  /** The holder hears this as its `abort`. */
  | { readonly policy: 'abortHolder'; readonly message: PersonMessage };

const step = 'Stop the release';

/** Asks the holder to abort, waits until it has put the target back, and answers how it ended. */
export async function abortHolder(
  workflowId: string,
  holder: Holder,
  message: PersonMessage,
  progress: Progress,
): Promise<InterruptedRelease> {
  const scope = new CancellationScope();
  let aborted: string | undefined;
  setHandler(abortSignal, (input) => {
    const parsed = parsePersonMessage('abort', input);
    if (!parsed.ok) {
      progress.note(`An "abort" was not followed: ${parsed.problem}`);
      return;
    }
    const { by, reason } = parsed.message;
    aborted = `aborted by ${by}${reason === undefined ? '' : `: ${reason}`}`;
    scope.cancel();
  });
  try {
    return await progress.step(step, () => scope.run(() => stop(workflowId, holder, message)), {
      next: `release "${holder.release}" (${holder.description}) holds the target: it was asked to abort, and the rollback goes on when it has put the target back`,
      done: ({ outcome }) => `release "${holder.release}" ended: ${outcome ?? 'without a word'}`,
    });
  } catch (error) {
    if (aborted === undefined || !isCancellation(error)) throw error;
    const words = `${aborted}. The rollback changed nothing; release "${holder.release}" was asked to abort before.`;
    throw failure(failureTypes.aborted, words, await progress.finish('aborted', words));
  }
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
  };
}
