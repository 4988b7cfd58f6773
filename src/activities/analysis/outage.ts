import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';

/** An API server that is away says nothing about the version; anything else wrong with it ends the bake. */
export function outage(error: unknown): string | undefined {
  const isOutage = error instanceof ApplicationFailure && error.type === failureTypes.clusterUnreachable;
  return isOutage ? error.message : undefined;
}
