/** The checklist in words: a table for the Temporal UI, and one message with everything that is missing. */
import type { ChecklistFinding } from './checklist.ts';
import { literal, table, unbroken } from './markdown.ts';

/** Markdown. */
export function checklistTable(findings: readonly ChecklistFinding[]): string {
  return table(
    ['', 'Item', 'Seen'],
    ...findings.map((finding) => [mark(finding), titleOf(finding), literal(seen(finding))]),
  );
}

/** Everything that the release waits for, each with how to supply it. `release` is the workflow ID. */
export function missingText(missing: readonly ChecklistFinding[], release: string): string {
  const lines = missing.map(
    (finding, index) =>
      `${index + 1}. ${finding.title} (${finding.name}): ${finding.detail}. ${how(finding, release)}`,
  );
  return lines.join('\n');
}

/** The command that attests an item. */
export function attestCommand(release: string, item: string): string {
  const input = { by: 'you@example.com', item, link: 'https://…' };
  return `temporal workflow signal -w ${shellWord(release)} --name attest --input '${JSON.stringify(input)}'`;
}

function how({ name, attestable, remedy }: ChecklistFinding, release: string): string {
  const attest = `attest it with: ${attestCommand(release, name)}`;
  if (!attestable) return `${remedy ?? 'Put it right there'}; it is looked at again by itself.`;
  return remedy === undefined ? `${capital(attest)}` : `${remedy}, or ${attest}`;
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

/** Workflow IDs may hold anything; a shell must read one as one word. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
