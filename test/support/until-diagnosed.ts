import type { ReleaseStatus } from '../../src/domain/status.ts';

const attempts = 3;

/** Also of a part of it; what a release could not find out in its ten seconds is only said. */
const outOfTime = /no answer (in time|within \d+ s)/;

/** The first run whose diagnosis a busy machine did not keep from its answers; after a few, the last. */
export async function untilDiagnosed<Run extends { readonly status: ReleaseStatus }>(
  run: (attempt: number) => Promise<Run>,
): Promise<Run> {
  for (let attempt = 1; ; attempt += 1) {
    const ended = await run(attempt);
    const { notes, diagnosis } = ended.status;
    if (attempt === attempts || !outOfTime.test(JSON.stringify([notes, diagnosis]))) return ended;
  }
}
