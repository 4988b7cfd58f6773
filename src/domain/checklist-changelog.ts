/** Whether a changelog speaks of a version. */

/**
 * The version as a word of its own, with or without a leading `v`: 4.1.0 is not named by 14.1.0, 4.1.0.1,
 * 4.1.0-rc.1 or 4.1.0+build, nor by an address (`…/compare/v4.0.0...v4.1.0`).
 */
export function namesVersion(changelog: string, version: string): boolean {
  const escaped = version.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const word = new RegExp(`(?<![\\w.+-])v?${escaped}(?![\\w+]|[.-]\\w)`, 'i');
  return word.test(changelog.replace(/\bhttps?:\/\/\S+/gi, ' '));
}
