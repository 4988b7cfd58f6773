/** Where a release's version comes from: the input itself, or what another environment has verified. */
import type { Fields } from './fields.ts';
import { optional } from './fields.ts';

/** `{"verifiedIn": "staging"}`: the newest version that this environment verified and was not rolled back from. */
export interface VersionFrom {
  readonly verifiedIn: string;
}

export interface VersionSource {
  /** With `versionFrom`, words for it until it is known. */
  readonly version: string;
  readonly versionFrom?: VersionFrom;
}

/** Reads `version` or `versionFrom`, of which there must be exactly one. */
export function readVersionSource(fields: Fields): VersionSource {
  const from = fields.object('versionFrom', ['verifiedIn']);
  if (from === undefined) {
    return { version: fields.version('version') ?? fields.missing('version', '"4.1.0"') };
  }
  if (fields.version('version') !== undefined) {
    fields.problem('versionFrom', 'cannot stand beside "version": say one of them');
  }
  const verifiedIn = from.name('verifiedIn') ?? from.missing('verifiedIn', '"staging"');
  return { version: versionFromWords({ verifiedIn }), ...optional('versionFrom', { verifiedIn }) };
}

/** What stands for the version until it is known. */
export function versionFromWords({ verifiedIn }: VersionFrom): string {
  return `as verified in ${verifiedIn}`;
}
