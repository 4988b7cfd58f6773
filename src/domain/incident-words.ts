/** What every text about an incident is built of. Foreign words are redacted first, then cut, then set as markdown. */
import type { DiagnosisFinding } from './diagnosis.ts';
import { timelineOf } from './incident-timeline.ts';
import type { Incident } from './incident.ts';
import { percentEncoded, type Link } from './links.ts';
import { table, unheard, value } from './markdown.ts';
import { excerpt, redact } from './redact.ts';
import { versionOf } from './version-of.ts';
import { displayVersion } from './version.ts';

/** Characters of one foreign sentence. */
export const maxSentence = 1_000;

/** Characters of one foreign fact, for example a line of a log. */
const maxFact = 400;

/** Rows of a timeline; a release has fewer. */
const maxRows = 200;

/** Foreign words as markdown, on one line. */
export function quote(text: string, limit = maxFact): string {
  return unheard(excerpt(text, limit));
}

/** One foreign value, such as an image. */
export function quoteValue(text: string): string {
  return value(excerpt(text, maxFact));
}

/** What happened, in one line of plain text: `Shop v4.1.0 was rolled back to v4.0.0 in production`. */
export function whatHappened({ displayName, status }: Incident): string {
  const { environment, version, from, to, strategy, outcome } = status;
  const [old, next] = [from, to].map((image) => (image === undefined ? undefined : shown(image)));
  if (strategy === 'rollback') {
    const subject = `${displayName} in ${environment}`;
    const leaving = old === undefined ? '' : ` from ${old}`;
    if (outcome === 'rolledBack') return `${subject} was rolled back${leaving} to ${next ?? shown(version)}`;
    if (outcome === 'unchanged')
      return `${subject} was returned to ${next ?? shown(version)}: a rollback stopped the release under way`;
    return outcome === 'rollbackFailed'
      ? `The rollback of ${subject} failed, and left something undone`
      : `The rollback of ${subject} failed`;
  }
  const subject = `${displayName} ${displayVersion(version)}`;
  switch (outcome) {
    case 'rolledBack':
      return `${subject} was rolled back to ${old ?? 'what ran before'} in ${environment}`;
    case 'rollbackFailed':
      return `${subject} failed in ${environment} and could not be rolled back`;
    case 'aborted':
      return `${subject} was aborted in ${environment}`;
    default:
      return `${subject} failed in ${environment}`;
  }
}

function shown(image: string): string {
  return displayVersion(versionOf(image));
}

/** `[Logs](…) · [Metrics](…)`; empty without links. */
export function linkLine(links: readonly Link[]): string {
  return links
    .filter(({ href }) => /^https?:\/\//.test(href))
    .map(({ text, href }) => `[${quote(text)}](${address(href)})`)
    .join(' · ');
}

/** Nothing in an address can end the link or the line. */
function address(href: string): string {
  return redact(href).replace(/[\s()<>[\]\\|`"']/g, percentEncoded);
}

/** A table of when what happened. */
export function timelineTable(incident: Incident): string {
  const rows = timelineOf(incident).slice(0, maxRows);
  return table(
    ['Time (UTC)', 'What', 'Detail'],
    ...rows.map(({ at, what, detail = '' }) => [momentWords(at), quote(what), quote(detail)]),
  );
}

/** `2026-02-03 10:00:07`. */
export function momentWords(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

/** One finding as an entry of a numbered list, its evidence below it. */
export function findingEntry({ rule, headline, cause, remedy, evidence }: DiagnosisFinding): string {
  return [
    `1. **${quote(headline)}** (${quoteValue(rule)})`,
    `   - Likely cause: ${quote(cause, maxSentence)}`,
    `   - What to do: ${quote(remedy, maxSentence)}`,
    ...evidence.map(({ subject, detail }) => `   - Seen: ${quote(subject)}: ${quote(detail)}`),
  ].join('\n');
}
