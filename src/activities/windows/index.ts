import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';
import { windowState } from '../../domain/window-state.ts';
import type { Windows } from '../../domain/window-rule.ts';
import type { WindowActivities } from './types.ts';

/** Reads memory and the clock only, so it can be repeated. */
export function createWindowActivities(deps: {
  /** Throws an error whose message lists the names that exist. */
  readonly windowsOf: (environment: string) => Windows;
  /** Milliseconds since 1970. */
  readonly now: () => number | Promise<number>;
}): WindowActivities {
  return {
    lookAtWindows: async ({ environment }) => windowState(windowsOf(environment), await deps.now()),
  };

  function windowsOf(environment: string): Windows {
    try {
      return deps.windowsOf(environment);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw ApplicationFailure.nonRetryable(message, failureTypes.unknownTarget);
    }
  }
}
