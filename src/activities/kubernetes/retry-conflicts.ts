import { failureTypes } from '../../domain/failures.ts';
import { failure, statusOf } from './failures.ts';
import type { Place } from './failures.ts';

/** A rolling Deployment's status is written several times a second; each try starts with a fresh read. */
const tries = 8;

/**
 * Repeats read-then-write while somebody else writes in between. Throws `Conflict` when that does
 * not end. `kind` is what is written, for the message.
 */
export async function retryConflicts<T>(
  place: Place,
  attempt: () => Promise<T>,
  kind = 'Deployment',
): Promise<T> {
  for (let left = tries; left > 0; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
    }
  }
  const message = `the ${kind} was changed by others each of ${tries} times between its read and its write. It is tried again; see who writes to it with kubectl get ${kind.toLowerCase()} --show-managed-fields.`;
  throw failure(failureTypes.conflict, place, message, true);
}
