/** The checklist in words: a table for the Temporal UI, and one message with everything that is missing. */
import type { AnnouncedRelease } from './announcement.ts';
import { checklistSummary } from './checklist-state.ts';
import type { ChecklistFinding } from './checklist.ts';
import { literal, table, unbroken } from './markdown.ts';
import { minuteWords } from './minute-words.ts';
import { signalCommand } from './signal-command.ts';
import { displayVersion } from './version.ts';

/** Markdown. */
function checklistTable(findings: readonly ChecklistFinding[]): string {
  return table(
    ['', 'Item', 'Seen'],
    ...findings.map((finding) => [mark(finding), titleOf(finding), literal(seen(finding))]),
  );
}

/** Markdown: a heading and the table. */
export function checklistSection(findings: readonly ChecklistFinding[]): string {
  return `### Checklist: ${checklistSummary(findings)}\n\n${checklistTable(findings)}`;
}

/** What a person can do now, in one line. */
export function checklistNext(missing: readonly ChecklistFinding[], release: string): string {
  return `the release goes on when the checklist is complete. Missing: ${missingText(missing, release)}`;
}

/** `[DEPLOYMENT] Shop v4.1.0 waits for its checklist until … 1. …`, with everything that is missing. */
export function checklistAskedText(
  { displayName, version }: AnnouncedRelease,
  missing: readonly ChecklistFinding[],
  release: string,
  until: string,
): string {
  return `[DEPLOYMENT] ${displayName} ${displayVersion(version)} waits for its checklist until ${minuteWords(until)}. Missing: ${missingText(missing, release)}`;
}

/** Why a release was refused. */
export function checklistExpiredText(missing: readonly ChecklistFinding[]): string {
  const items = missing.map(
    ({ title, name, detail }, index) => `${index + 1}. ${title} (${name}): ${detail}.`,
  );
  return `The time for the checklist is over. Missing: ${items.join(' ')} Supply them, then start the release again.`;
}

/** Everything that the release waits for, each with how to supply it. `release` is the workflow ID. */
function missingText(missing: readonly ChecklistFinding[], release: string): string {
  const items = missing.map(
    (finding, index) =>
      `${index + 1}. ${finding.title} (${finding.name}): ${finding.detail}. ${how(finding, release)}`,
  );
  return items.join(' ');
}

function how({ name, attestable, remedy }: ChecklistFinding, release: string): string {
  const input = { by: 'you@example.com', item: name, link: 'https://example.com/proof' };
  const attest = `attest it with: ${signalCommand(release, 'attest', input)}`;
  if (!attestable) return `${remedy ?? 'Put it right there'}; it is looked at again by itself.`;
  return remedy === undefined ? capital(attest) : `${remedy}, or ${attest}`;
}

function seen({ detail, link }: ChecklistFinding): string {
  return link === undefined ? detail : `${detail} (${link})`;
}

function titleOf({ title, name, required, state }: ChecklistFinding): string {
  const optional = required || state === 'notNeeded' ? '' : ', optional';
  return `${literal(title)} (${unbroken(literal(name))}${optional})`;
}

function mark({ state, required }: ChecklistFinding): string {
  if (state === 'done') return '✅';
  if (state === 'notNeeded') return '–';
  if (!required) return '⚠️';
  return state === 'missing' ? '❌' : '❔';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
