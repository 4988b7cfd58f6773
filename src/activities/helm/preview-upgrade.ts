/** What an upgrade would make of the release's manifest, asked of helm itself and changing nothing. */
import { z } from 'zod';
import { failureTypes } from '../../domain/failures.ts';
import { isOperationInProgress } from './failure-rules.ts';
import { refusal } from './failures.ts';
import { parseJson, type HelmRelease } from './helm-release.ts';
import { inForce } from './release-history.ts';
import { judge, rehearse } from './render-upgrade.ts';
import type { UpgradePreview } from './types.ts';

const releaseSchema = z.object({ manifest: z.string() });

/**
 * The same rehearsal as `renderUpgrade`, with its manifest and the one in force. Secrets are in both:
 * whether one changes shows in no other way.
 */
export async function previewUpgrade(release: HelmRelease, tag: string): Promise<UpgradePreview> {
  const { spec } = release;
  const rehearsed = await rehearse(release, tag, ['--hide-notes', '--output', 'json']);
  if (rehearsed.outcome === 'failed' && isOperationInProgress(rehearsed.stderr))
    return { outcome: 'pending' };
  const judged = await judge(release, rehearsed);
  if (!judged.ok) return { outcome: 'refused', error: judged.error };
  const rendered = rehearsed.outcome === 'done' ? manifestOf(rehearsed.stdout) : undefined;
  if (rendered === undefined) {
    throw refusal(
      failureTypes.helmFailed,
      'helm upgrade --dry-run answered in a form that is not understood. Check that helm is 3.14 or newer.',
    );
  }
  const history = await release.history();
  const revision = history === undefined ? undefined : inForce(history)?.revision;
  const of = revision === undefined ? [] : ['--revision', String(revision)];
  const deployed = await release.run(['get', 'manifest', spec.release, ...of]);
  return { outcome: 'rendered', deployed, rendered };
}

/** A parser's error would quote what it read. */
function manifestOf(json: string): string | undefined {
  try {
    return releaseSchema.parse(parseJson(json)).manifest;
  } catch {
    return undefined;
  }
}
