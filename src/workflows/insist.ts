/** What a vendor must be told is said again and again, for as long as it is true. */
import { isCancellation, patched, sleep } from '@temporalio/workflow';
import type { EndQuestion } from '../activities/temporal/types.ts';
import { firstPagingPauseSeconds, pagingPatienceSeconds, pagingPauseSeconds } from '../domain/defaults.ts';
import { failureTypes } from '../domain/failures.ts';
import { temporal } from './activity-options.ts';
import { typeOf } from './failure.ts';

type Insisted = { readonly said: true } | { readonly said: false; readonly overtakenBy: string };

/** Between two rounds of attempts, whether another end of the target has overtaken it. Throws when it cannot be said. */
export async function insist(say: () => Promise<void>, overtaking: EndQuestion): Promise<Insisted> {
  const until = Date.now() + pagingPatienceSeconds * 1_000;
  for (let pause = firstPagingPauseSeconds; ; pause = Math.min(2 * pause, pagingPauseSeconds)) {
    try {
      await say();
      return { said: true };
    } catch (error) {
      const isFinal = isCancellation(error) || typeOf(error) === failureTypes.pagingRejected;
      if (isFinal || Date.now() >= until || !patched('pages-in-rounds')) throw error;
    }
    await sleep(pause * 1_000, { summary: 'Until PagerDuty is tried again' });
    const overtakenBy = await findEnd(overtaking);
    if (overtakenBy !== undefined) return { said: false, overtakenBy };
  }
}

/** Where nobody can tell, what was to be said counts as true. */
async function findEnd(question: EndQuestion): Promise<string | undefined> {
  const summary = `Has another release ended ${question.ended} since?`;
  try {
    return (await temporal.findEnd.executeWithOptions({ summary }, [question])).release;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return undefined;
  }
}
