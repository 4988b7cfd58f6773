/**
 * Whose a pending revision is. helm writes the description only when it is done ("Preparing
 * upgrade" until then), but labels at once. Later revisions inherit labels, whoever makes them, so
 * the label holds the number of the revision that it was written for.
 */
import { z } from 'zod';
import type { HelmRelease } from './helm-release.ts';

const ownerLabel = 'fairway-revision';

export function ownerLabelArgs(revision: number): readonly string[] {
  return ['--labels', `${ownerLabel}=${revision}`];
}

const listSchema = z.array(z.object({ name: z.string(), revision: z.string() }));

/** Whether the newest revision, numbered `revision`, was written by an upgrade of this project. */
export async function wroteRevision({ read, spec }: HelmRelease, revision: number): Promise<boolean> {
  const listed = await read(
    [
      ...['list', '--all', '--filter', `^${spec.release.replaceAll('.', '\\.')}$`],
      ...['--selector', `${ownerLabel}=${revision}`, '--output', 'json'],
    ],
    (json) => listSchema.parse(JSON.parse(json)),
  );
  return listed.some((item) => Number(item.revision) === revision);
}
