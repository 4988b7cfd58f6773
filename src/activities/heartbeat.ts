/**
 * Every activity heartbeats, whatever it does: a dead worker is noticed in seconds, and a cancellation
 * reaches the activity. What an activity says of its own progress is repeated, never overwritten.
 */
import type { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';

/** Milliseconds; a fifth of the shortest heartbeat timeout in use. */
const interval = 2_000;

export function heartbeatInterceptor(context: Context): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const beat = context.heartbeat;
      let latest: unknown = context.info.heartbeatDetails;
      // The context belongs to this one execution, so watching its heartbeats disturbs nobody else.
      Object.defineProperty(context, 'heartbeat', {
        value: (details?: unknown) => {
          latest = details;
          beat(details);
        },
      });
      const timer = setInterval(() => {
        beat(latest);
      }, interval);
      beat(latest);
      try {
        return await next(input);
      } finally {
        clearInterval(timer);
      }
    },
  };
}
