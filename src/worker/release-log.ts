/** Lines of an activity name the target that it is about, which the SDK cannot know. */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { optional } from '../domain/fields.ts';

/** As activities are given it: the target as a whole, or its names. */
interface AboutTarget {
  readonly service?: unknown;
  readonly environment?: unknown;
  readonly target?: { readonly service?: unknown; readonly environment?: unknown };
}

export function releaseLogInterceptor(_context: Context): ActivityInterceptors {
  let about: AboutTarget | undefined;
  return {
    inbound: {
      execute: async (input, next) => {
        const [first] = input.args;
        about = first as AboutTarget | undefined;
        return next(input);
      },
    },
    outbound: {
      getLogAttributes: (attributes, next) => ({
        ...next(attributes),
        ...optional('service', nameOf(about?.target?.service ?? about?.service)),
        ...optional('environment', nameOf(about?.target?.environment ?? about?.environment)),
      }),
    },
  };
}

function nameOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  const name = (given as { readonly name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? name : undefined;
}
