/** What each revision in Helm's storage holds: manifests stay within this call. */
import { createHash } from 'node:crypto';
import type { HelmRevisionFacts } from '../../domain/target-history.ts';
import type { HelmRelease } from './helm-release.ts';
import { deploymentIn } from './manifest-deployment.ts';
import type { Revision } from './release-history.ts';
import { rolledBackTo } from './rollback-description.ts';

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
  const { revision, status, chart, updatedAt, description } = of;
  const returnedTo = rolledBackTo(description);
  const args = ['get', 'manifest', spec.release, '--revision', String(revision)];
  return release.read(args, (manifest) => {
    const image = deploymentIn(manifest, target.service)?.image;
    return {
      revision,
      status,
      chart,
      updatedAt,
      ...(image === undefined ? {} : { image }),
      ...(returnedTo === undefined ? {} : { rolledBackTo: returnedTo }),
      manifestDigest: createHash('sha256').update(manifest).digest('hex').slice(0, 16),
    };
  });
}
