/** A ticket's title and body. What comes from elsewhere is redacted, and set so that it calls nobody. */
import type { DiagnosisReport } from './diagnosis.ts';
import {
  findingEntry,
  linkLine,
  maxSentence,
  momentWords,
  quote,
  quoteValue,
  timelineTable,
  whatHappened,
} from './incident-words.ts';
import type { Incident } from './incident.ts';
import { table, uncalling } from './markdown.ts';
import { postMortemDraft } from './post-mortem.ts';
import { excerpt } from './redact.ts';

/** GitHub's limits, in characters. */
const maxTitle = 256;
const maxBody = 65_536;

/** Characters of a reason that a list of tickets shows well. */
const maxTitleReason = 100;

const shortenedNote = '… The rest was left out, as it was too long; it is in the run.';

export interface TicketText {
  readonly title: string;
  readonly body: string;
  readonly mark: string;
  /** ISO 8601: there is no such ticket from before. */
  readonly since: string;
}

export function ticketOf(incident: Incident): TicketText {
  return {
    title: ticketTitle(incident),
    body: ticketBody(incident),
    mark: ticketMark(incident.key),
    since: incident.startedAt,
  };
}

/** `[SEV2] Shop v4.1.0 was rolled back to v4.0.0 in production: health endpoint failed`. */
export function ticketTitle(incident: Incident): string {
  const { severity, status } = incident;
  const why = status.reason === undefined ? '' : `: ${excerpt(status.reason, maxTitleReason)}`;
  const title = uncalling(excerpt(`[${severity}] ${whatHappened(incident)}${why}`, maxTitle));
  return title.length <= maxTitle ? title : `${[...title].slice(0, maxTitle / 2).join('')}…`;
}

/** Markdown, at most 65,536 characters; ends with a mark, hidden from people, by which the ticket is found again. */
export function ticketBody(incident: Incident): string {
  const { status, severity, links, postMortem } = incident;
  const sections = [
    `**${quote(whatHappened(incident))}** (${quote(severity)}).`,
    status.reason === undefined ? '' : `**Reason:** ${quote(status.reason, maxSentence)}`,
    linkLine(links),
    factTable(incident),
    ...diagnosisSections(incident),
    // The draft has it.
    postMortem ? '' : `## Timeline\n\n${timelineTable(incident)}`,
    notesSection(incident),
    postMortem ? postMortemDraft(incident) : '',
  ];
  return bounded(sections.filter((section) => section !== '').join('\n\n'), ticketMark(incident.key));
}

/** The same for one incident, and for no other; it cannot end the comment that it is. */
export function ticketMark(key: string): string {
  const safe = [...key].map((character) =>
    /[A-Za-z0-9._:/]/.test(character) ? character : escapeOf(character),
  );
  return `<!-- fairway-incident ${safe.join('')} -->`;
}

function escapeOf(character: string): string {
  return `%${character.codePointAt(0)?.toString(16) ?? ''};`;
}

/** Whole lines are left out from the end: what a person needs first stands first. */
export function bounded(text: string, mark: string, limit = maxBody): string {
  const whole = `${text}\n\n${mark}\n`;
  if (whole.length <= limit) return whole;
  const end = `\n\n${shortenedNote}\n\n${mark}\n`;
  const room = Math.max(0, limit - end.length);
  const cut = text.slice(0, room + 1);
  // A line that is longer than all the room is no line of ours.
  const kept = cut.slice(0, Math.max(0, cut.lastIndexOf('\n')));
  return `${kept.trimEnd()}${end}`;
}

function factTable({ status, severity, runs, startedAt, endedAt }: Incident): string {
  const { release, strategy, service, environment, requestedBy, from, to } = status;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Severity', quote(severity)],
    ['Service', quote(`${service} in ${environment}`)],
    ['Release', `${quoteValue(release)} (${quote(strategy)})`],
    ['Requested by', requestedBy === undefined ? undefined : quote(requestedBy)],
    ['Ran before', from === undefined ? undefined : quoteValue(from)],
    ['Was to run', to === undefined ? undefined : quoteValue(to)],
    ['Runs now', runs === undefined ? 'see the reason' : quoteValue(runs)],
    ['Started', `${momentWords(startedAt)} UTC`],
    ['Ended', `${momentWords(endedAt)} UTC`],
  ];
  return table(['', ''], ...rows.flatMap(([what, words]) => (words === undefined ? [] : [[what, words]])));
}

/** What is to be mended now stands first. */
function diagnosisSections({ diagnosis, diagnosedBefore }: Incident): readonly string[] {
  const before = 'As seen before anything was put back.';
  if (diagnosedBefore === undefined) return [diagnosisSection('Diagnosis', before, diagnosis)];
  return [
    diagnosisSection('Diagnosis', 'As seen when it could not be put back.', diagnosis),
    diagnosisSection('Diagnosis of the release', before, diagnosedBefore),
  ];
}

function diagnosisSection(heading: string, when: string, diagnosis: DiagnosisReport | undefined): string {
  if (diagnosis === undefined) return '';
  const { summary, findings, unseen } = diagnosis;
  return [
    `## ${heading}`,
    when,
    findings.length === 0 ? quote(summary) : findings.map(findingEntry).join('\n'),
    ...(unseen.length === 0
      ? []
      : [`Not looked at:\n${unseen.map((what) => `- ${quote(what)}`).join('\n')}`]),
  ].join('\n\n');
}

function notesSection({ status: { notes } }: Incident): string {
  if (notes.length === 0) return '';
  return `## Notes\n\n${notes.map((note) => `- ${quote(note, maxSentence)}`).join('\n')}`;
}
