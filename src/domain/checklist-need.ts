/** Which items a release has to have. */
import type { ChecklistItem } from './checklist.ts';
import { displayVersion, normaliseVersion } from './version.ts';

export type ItemNeed =
  { readonly need: 'required' | 'optional' } | { readonly need: 'notNeeded'; readonly because: string };

/** `from` is the version that runs now; absent: nobody knows. */
export function needOf(
  { need }: Pick<ChecklistItem, 'need'>,
  version: string,
  from: string | undefined,
): ItemNeed {
  if (need !== 'requiredForMajor') return { need };
  if (isMajor(version, from)) return { need: 'required' };
  return {
    need: 'notNeeded',
    because: `for major releases only, and ${displayVersion(from ?? '')} → ${displayVersion(version)} is none`,
  };
}

/**
 * Whether the first number of the version changes, in either direction. Where nobody can tell (`nightly`,
 * or an image without a tag), the release is treated as a major one: that asks for more, never for less.
 */
export function isMajor(version: string, from: string | undefined): boolean {
  const to = majorOf(version);
  return to === undefined || from === undefined || majorOf(from) !== to;
}

/** `4` of `v4.1.0`; a number alone (a build, a date) has no parts to tell apart. */
function majorOf(version: string): number | undefined {
  const [, major] = /^(\d{1,9})\.\d/.exec(normaliseVersion(version)) ?? [];
  return major === undefined ? undefined : Number(major);
}
