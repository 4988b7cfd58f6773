/** Lines of an activity name the target that it is about, which the SDK cannot know. */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { targetOfInput } from '../domain/about-target.ts';

export function releaseLogInterceptor(_context: Context): ActivityInterceptors {
  let about: unknown;
  return {
    inbound: {
      execute: async (input, next) => {
        [about] = input.args;
        return next(input);
      },
    },
    outbound: {
      getLogAttributes: (attributes, next) => ({ ...next(attributes), ...targetOfInput(about) }),
    },
  };
}
