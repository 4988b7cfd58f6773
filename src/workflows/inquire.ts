/** What the workflows have in common that only look: whatever keeps them from it is said in words, and counted. */
import { patched } from '@temporalio/workflow';
import type { TargetRef } from '../domain/target.ts';
import { clusterActivities } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { endUnchanged, lookUp } from './look-up.ts';
import type { Progress } from './progress.ts';

export async function inquire<T>(
  ref: TargetRef,
  progress: Progress,
  look: (stage: Pick<Stage, 'target' | 'cluster' | 'progress'>) => Promise<T>,
): Promise<T> {
  try {
    const target = await lookUp(ref);
    progress.at(target.environment);
    return await look({ target, cluster: clusterActivities(target, 'brief'), progress });
  } catch (error) {
    const isSaid = progress.status.outcome !== undefined;
    // One that ended before without a word still answers queries.
    if (isSaid || !patched('inquiries-end-in-words')) throw error;
    throw await endUnchanged(error, progress);
  }
}
