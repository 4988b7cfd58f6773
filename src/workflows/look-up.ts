/** The target by its names, and how a run ends that never came to change anything. */
import { isCancellation } from '@temporalio/workflow';
import { failureTypes } from '../domain/failures.ts';
import type { Target, TargetRef } from '../domain/target.ts';
import { configuration } from './activity-options.ts';
import { failure, reasonOf, typeOf } from './failure.ts';
import type { Progress } from './progress.ts';

export const cancelledWords = 'the workflow was cancelled';

export function lookUp({ service, environment }: TargetRef): Promise<Target> {
  return configuration.resolveTarget.executeWithOptions({ summary: `Look up ${service} in ${environment}` }, [
    { service, environment },
  ]);
}

/** Says it everywhere, and answers what the workflow must throw. `aborted` is who stopped it, and why. */
export async function endUnchanged(error: unknown, progress: Progress, aborted?: string): Promise<unknown> {
  if (isCancellation(error)) {
    const message = `${aborted ?? cancelledWords}. Nothing was changed.`;
    progress.set({ changed: false });
    const status = await progress.finish('aborted', message);
    return aborted === undefined ? error : failure(failureTypes.aborted, message, status);
  }
  const known = typeOf(error) === failureTypes.unknownTarget;
  const why = reasonOf(error);
  const message = `${/[.?!]$/.test(why) ? why : `${why}.`} Nothing was changed.`;
  const type = known ? failureTypes.unknownTarget : failureTypes.failed;
  return failure(type, message, await progress.finish(known ? 'refused' : 'failed', message));
}
