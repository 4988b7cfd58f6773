/** The words of a diagnosis: for the Temporal UI's details, for a Slack thread, and on one line. */
import type { DiagnosisFinding, DiagnosisReport } from './diagnosis.ts';
import { literal } from './markdown.ts';

const maxInThread = 5;

/** Markdown; the first line, bold, is the one that a tired person needs. */
export function diagnosisMarkdown({ summary, findings, unseen }: DiagnosisReport): string {
  const [first, ...others] = findings;
  return [
    `**${literal(summary)}**`,
    ...(first === undefined ? [] : [inFull(first)]),
    ...(others.length === 0 ? [] : ['Also seen:', others.map(inShort).join('\n')]),
    ...(unseen.length === 0 ? [] : [`Not seen: ${unseen.map(literal).join('; ')}.`]),
  ].join('\n\n');
}

/** The headline stands above already. */
function inFull({ rule, cause, remedy, evidence }: DiagnosisFinding): string {
  return [
    `- Likely cause: ${literal(cause)}`,
    `- What to do: ${literal(remedy)}`,
    ...evidence.map(({ subject, detail }) => `- ${literal(subject)}: ${literal(detail)}`),
    `- Rule: ${rule}`,
  ].join('\n');
}

function inShort({ rule, headline, remedy }: DiagnosisFinding): string {
  return `- ${literal(headline)} (${rule}). ${literal(remedy)}`;
}

/** Plain text for a thread: at most five findings, each with what to do. */
export function diagnosisLines({ summary, findings, unseen }: DiagnosisReport): string {
  if (findings.length === 0) return [`Diagnosis: ${summary}.`, ...unseenLine(unseen)].join('\n');
  const told = findings.slice(0, maxInThread);
  const left = findings.length - told.length;
  return [
    'Diagnosis, the likeliest cause first:',
    ...told.map(({ headline, remedy }, index) => `${index + 1}. ${headline}. ${remedy}`),
    ...(left === 0 ? [] : [`${left} more in the release's details.`]),
    ...unseenLine(unseen),
  ].join('\n');
}

function unseenLine(unseen: readonly string[]): readonly string[] {
  return unseen.length === 0 ? [] : [`Not seen: ${unseen.join('; ')}.`];
}
