/** What each revision in Helm's storage holds: manifests stay within this call. */
import { createHash } from 'node:crypto';
import type { HelmRevisionFacts } from '../../domain/target-history.ts';
import type { HelmRelease } from './helm-release.ts';
import { manifestImage } from './observe-release.ts';
import type { Revision } from './release-history.ts';

/** Newest first (helm keeps ten). `undefined` when there is no such release. */
export async function listHelmRevisions(
  release: HelmRelease,
): Promise<readonly HelmRevisionFacts[] | undefined> {
  const history = await release.history();
  if (history === undefined) return undefined;
  const facts: HelmRevisionFacts[] = [];
  // One after the other: each is a process of its own.
  for (const revision of [...history].reverse()) facts.push(await describe(release, revision));
  return facts;
}

async function describe(release: HelmRelease, of: Revision): Promise<HelmRevisionFacts> {
  const { spec, target } = release;
  const { deployment, container } = target.service;
  const { revision, status, chart, updatedAt } = of;
  const args = ['get', 'manifest', spec.release, '--revision', String(revision)];
  return release.read(args, (manifest) => {
    const image = manifestImage(manifest, deployment, container);
    return {
      revision,
      status,
      chart,
      updatedAt,
      ...(image === undefined ? {} : { image }),
      manifestDigest: createHash('sha256').update(manifest).digest('hex').slice(0, 16),
    };
  });
}
