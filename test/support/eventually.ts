/** Waits for what comes by itself; when it does not, the test says what there was instead. */
import { inspect } from 'node:util';
import type { ReleaseStatus } from '../../src/domain/status.ts';

/** Longer than anything takes on a busy machine, and shorter than any test may. */
const patienceMs = 180_000;

interface Patience {
  readonly everyMs?: number;
  readonly withinMs?: number;
}

/** The first that fits of what `look` sees. */
export async function eventually<T>(
  look: () => T | Promise<T>,
  fits: (seen: T) => boolean,
  { everyMs = 50, withinMs = patienceMs }: Patience = {},
): Promise<T> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (fits(seen)) return seen;
    if (Date.now() > giveUpAt) {
      throw new Error(`not within ${withinMs / 1_000} s; there is: ${inspect(seen, { depth: 4 })}`);
    }
    await new Promise((again) => setTimeout(again, everyMs));
  }
}

/** The first status that fits; of a release that ends before, why it did. */
export function eventualStatus(
  ask: () => Promise<ReleaseStatus>,
  fits: (status: ReleaseStatus) => boolean,
): Promise<ReleaseStatus> {
  return eventually(async () => {
    const status = await ask();
    if (status.outcome === undefined || fits(status)) return status;
    throw new Error(`it ended before: ${status.reason ?? ''}`);
  }, fits);
}
