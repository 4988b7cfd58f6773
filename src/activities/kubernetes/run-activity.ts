/** What every activity of this folder does besides its work. */
import { Context } from '@temporalio/activity';
import type { Target } from '../../domain/target.ts';
import { placeOf } from './deployment.ts';
import { toFailure } from './failures.ts';

/** A cancellation reaches an activity only through its heartbeats. */
const heartbeatSeconds = 5;

export function withFailures<I extends { readonly target: Target }, O>(
  run: (input: I) => Promise<O>,
): (input: I) => Promise<O> {
  return async (input) => {
    try {
      return await run(input);
    } catch (error) {
      throw toFailure(error, placeOf(input.target));
    }
  };
}

/** For work that has no progress to tell. */
export async function withHeartbeat<O>(run: () => Promise<O>): Promise<O> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), heartbeatSeconds * 1000);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}
