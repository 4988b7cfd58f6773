/** Waiting for a target that another release holds: in order, shown, and open to messages. */
import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { failureTypes } from '../domain/failures.ts';
import { abortedWords } from '../domain/person-message.ts';
import { queueEntry } from '../domain/workflow-ids.ts';
import { failure, reasonOf } from './failure.ts';
import { handlersFinished } from './handlers-finished.ts';
import { Listener } from './listen.ts';
import { recordQueueWait } from './metrics.ts';
import { now, type Progress } from './progress.ts';
import { QueueWay, type QueueOrder, type Refuse, type Take } from './queue-way.ts';
import { waitingAttributes } from './search-attributes.ts';

/**
 * Waits for its turn, and tries `take` whenever it has come; that answers `undefined` when somebody else was
 * quicker. Whoever waits says so in a search attribute, and is found there by the others; one that is
 * aborted, cancelled or terminated has left the queue by being closed.
 */
export async function waitInQueue<T>(
  order: QueueOrder,
  progress: Progress,
  take: Take<T>,
  refuse: Refuse,
): Promise<T> {
  const scope = new CancellationScope();
  const since = now();
  let aborted: string | undefined;
  let asked: string | undefined;
  const listener = new Listener(progress);
  listener.on('abort', (message) => {
    const words = abortedWords(message);
    const act = () => {
      aborted = words;
      scope.cancel();
    };
    return { followed: true, text: `${words}; it leaves the queue`, act };
  });
  listener.open();
  upsertSearchAttributes(waitingAttributes(queueEntry(order.rank, order.lock)));
  try {
    const taken = await scope.run(() =>
      new QueueWay(order, progress, since, (holder) => {
        asked = holder;
      }).run(take, refuse),
    );
    upsertSearchAttributes(waitingAttributes(undefined));
    return taken;
  } catch (error) {
    if (!isCancellation(error)) throw await ended(error, progress);
    const before = asked === undefined ? '' : `; release "${asked}" was asked to abort before`;
    const words = `${aborted ?? 'the workflow was cancelled'}. It waited for the target and changed nothing${before}.`;
    listener.close('the release is at its end already');
    const status = await progress.finish('aborted', words);
    await handlersFinished();
    throw aborted === undefined ? error : failure(failureTypes.aborted, words, status);
  } finally {
    recordQueueWait(Date.parse(since), progress.status);
  }
}

/** One that was refused or superseded has said so; anything else, for example a server that is away, ends it, too. */
async function ended(error: unknown, progress: Progress): Promise<unknown> {
  if (error instanceof ApplicationFailure) return error;
  const words = `${reasonOf(error)}. It waited for the target and changed nothing.`;
  return failure(failureTypes.failed, words, await progress.finish('failed', words));
}
