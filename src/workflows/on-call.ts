/** Whoever is on call hears of a release before it starts, without being woken. Never fails or holds up a release. */
import { isCancellation } from '@temporalio/workflow';
import { changeOf } from '../domain/paging-text.ts';
import { paging } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { reasonOf } from './failure.ts';

export async function tellOnCall({ target, progress }: Pick<Stage, 'target' | 'progress'>): Promise<void> {
  const change = changeOf(progress.status, target);
  const policy = target.environment.paging;
  if (change === undefined || policy === undefined) return;
  try {
    await paging('bounded').tellChange.executeWithOptions({ summary: 'Tell whoever is on call' }, [
      { policy, ...change },
    ]);
  } catch (error) {
    // Whoever stops the release hears of that elsewhere.
    if (!isCancellation(error)) progress.note(`Whoever is on call was not told: ${reasonOf(error)}`);
  }
}
