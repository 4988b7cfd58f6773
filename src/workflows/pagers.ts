/** Wakes people, and lets them sleep again: for as long as the vendor needs, and as it is true. */
import type { PageInput, ResolveInput } from '../activities/paging/types.ts';
import type { EndQuestion } from '../activities/temporal/types.ts';
import { failureTypes } from '../domain/failures.ts';
import { noRoutingKey } from '../domain/paging-text.ts';
import { paging } from './activity-options.ts';
import { failure } from './failure.ts';
import { insist } from './insist.ts';

/** Characters; a summary may hold 400 bytes. */
const maxSummaryLength = 120;

/** The end that is told of. */
type ToldEnd = Omit<EndQuestion, 'ended'>;

/** Answers what came of it. Throws also where the worker has no key: nobody hears of it. */
export async function wake(input: PageInput, end: ToldEnd): Promise<string> {
  const insisted = await insist(
    async () => {
      const { outcome } = await paging('round').page.executeWithOptions(
        { summary: input.summary.slice(0, maxSummaryLength) },
        [input],
      );
      if (outcome === 'unconfigured') throw failure(failureTypes.pagingRejected, noRoutingKey);
    },
    { ...end, ended: 'well' },
  );
  return insisted.said
    ? 'the person on call was paged'
    : `nobody was paged any more, for release "${insisted.overtakenBy}" has ended well`;
}

/** Answers what came of it. A page of a later release is not to be closed. */
export async function letSleep(input: ResolveInput, end: ToldEnd): Promise<string> {
  const insisted = await insist(
    async () => {
      await paging('round').resolvePage.executeWithOptions({ summary: 'Whoever was woken may sleep again' }, [
        input,
      ]);
    },
    { ...end, ended: 'badly' },
  );
  return insisted.said
    ? 'the page is closed'
    : `the page stays open, for release "${insisted.overtakenBy}" has failed since`;
}
