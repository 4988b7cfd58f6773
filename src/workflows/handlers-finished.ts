import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';

/** Everybody who sent a message has an answer. Also in a cancelled workflow, where a plain wait would throw. */
export function handlersFinished(): Promise<void> {
  return CancellationScope.nonCancellable(() => condition(allHandlersFinished));
}
