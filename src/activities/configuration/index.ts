import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';
import type { Target, TargetRef } from '../../domain/target.ts';
import type { ConfigurationActivities } from './types.ts';

/** The part of the configuration that is asked here. */
export interface TargetResolver {
  /** Throws an error whose message lists the names that exist. */
  resolveTarget(ref: TargetRef): Target;
}

/** Reads memory only, so it can be repeated. */
export function createConfigurationActivities(deps: {
  readonly configuration: TargetResolver;
}): ConfigurationActivities {
  return {
    resolveTarget: async (ref) => {
      try {
        return deps.configuration.resolveTarget(ref);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw ApplicationFailure.nonRetryable(message, failureTypes.unknownTarget);
      }
    },
  };
}
