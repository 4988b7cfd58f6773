import { Context } from '@temporalio/activity';
import type { ChecklistSighting } from '../../domain/checklist.ts';
import { unknown, type Seen } from './answer.ts';
import { lookMilliseconds } from './limits.ts';
import { lookAtItem, lookScene, type Systems } from './look.ts';
import type { ChecklistActivities } from './types.ts';

/** Reads only, so it can be repeated. `deadline` (ms) is for tests. */
export function createChecklistActivities(
  systems: Systems,
  { deadline = lookMilliseconds }: { readonly deadline?: number } = {},
): ChecklistActivities {
  return {
    lookAtChecklist: async (input) => {
      const { cancellationSignal: cancelled } = Context.current();
      const limit = AbortSignal.timeout(deadline);
      const scene = lookScene(systems, input, AbortSignal.any([cancelled, limit]));
      const sightings: ChecklistSighting[] = [];
      // One after the other: both providers ask their callers not to ask in parallel.
      for (const item of input.items) {
        const seen = await seenBefore(limit, cancelled, () => lookAtItem(item, scene));
        sightings.push({ name: item.name, ...seen });
      }
      return sightings;
    },
  };
}

/** What is not answered in time is unknown; the others are not lost for it. */
async function seenBefore(
  limit: AbortSignal,
  cancelled: AbortSignal,
  look: () => Promise<Seen>,
): Promise<Seen> {
  try {
    if (!limit.aborted) return await look();
  } catch (error) {
    cancelled.throwIfAborted();
    if (!limit.aborted) throw error;
  }
  return unknown('there was no time left to ask', 'It is asked again by itself');
}
