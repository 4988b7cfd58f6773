/** The draft of a post-mortem: what the record knows is filled in, what only people know is asked for. */
import { between, recoveryOf } from './incident-timeline.ts';
import { linkLine, maxSentence, momentWords, quote, timelineTable, whatHappened } from './incident-words.ts';
import type { Incident } from './incident.ts';
import { table } from './markdown.ts';

const maxWhys = 5;

/** Markdown. Prompts are in italics; blame is nobody's. */
export function postMortemDraft(incident: Incident): string {
  return [
    `## Post-mortem (draft): ${quote(whatHappened(incident))}`,
    '_Written by machine from the record of the release. Replace what is in italics._',
    '### Summary',
    summary(incident),
    '### Impact',
    impact(incident),
    '### Timeline',
    timelineTable(incident),
    '_Add what happened outside of the release: the first report of a user, who was called, what was tried._',
    '### Root cause',
    whys(incident),
    '### What went well',
    wentWell(incident),
    '### What went badly',
    wentBadly(incident),
    '### Actions',
    actions(incident),
  ].join('\n\n');
}

function summary(incident: Incident): string {
  const { status, diagnosis } = incident;
  const first = diagnosis?.findings[0];
  const sentences = [
    `${quote(whatHappened(incident))}.`,
    status.reason === undefined ? '' : `Reason: ${quote(status.reason, maxSentence)}`,
    first === undefined ? '' : `First finding of the diagnosis: ${quote(first.headline)}.`,
    '_In two or three sentences, for somebody who was not there: what users noticed, why, and how it ended._',
  ];
  return sentences.filter((sentence) => sentence !== '').join('\n\n');
}

function impact({ links, ...incident }: Incident): string {
  const { changedAt, restoredAt } = recoveryOf({ links, ...incident });
  const exposed = between(changedAt, restoredAt);
  const pages = linkLine(links);
  return [
    exposed === undefined
      ? '- How long users could notice: _from when to when?_'
      : `- The target was changed from ${moment(changedAt)} to ${moment(restoredAt)} UTC (${exposed}): users could notice at most that long.`,
    '- Who was affected: _which users, how many, what could they not do?_',
    `- Requests that failed or were slow: _how many, which share?_${pages === '' ? '' : ` (${pages})`}`,
    '- Data that is lost or wrong: _none, or what?_',
    '- Promises: _how much of the error budget was spent?_',
  ].join('\n');
}

function whys({ status, diagnosis }: Incident): string {
  const first = diagnosis?.findings[0];
  const answer =
    first === undefined
      ? status.reason === undefined
        ? '_…_'
        : quote(status.reason, maxSentence)
      : `${quote(first.headline)}. Likely cause: ${quote(first.cause, maxSentence)}`;
  const more = Array.from({ length: maxWhys - 1 }, () => '1. Why? _…_');
  return [`1. Why did it go wrong? ${answer}`, ...more].join('\n');
}

function wentWell(incident: Incident): string {
  const { status } = incident;
  const { seenBy, changedAt, seenAt, restoredAt } = recoveryOf(incident);
  const detected = between(changedAt, seenAt);
  const restored = between(seenAt, restoredAt);
  const facts = [
    seenBy === undefined
      ? `Noticed by ${status.requestedBy === undefined ? 'a person' : quote(status.requestedBy)}: _how?_`
      : `Noticed by the release's own step ${quote(seenBy)}: _or did users notice before?_`,
    detected === undefined
      ? 'Time to detect: _from the first change to the first sign?_'
      : `Time to detect: ${detected} after the first change (${moment(seenAt)} UTC).`,
    restored === undefined
      ? 'Time to restore: _from the first sign to all being well?_'
      : `Time to restore: ${restored} (${moment(restoredAt)} UTC).`,
    '_What else helped?_',
  ];
  return facts.map((fact) => `- ${fact}`).join('\n');
}

function wentBadly({ status, diagnosis }: Incident): string {
  const facts = [
    ...(status.outcome === 'rollbackFailed' ? ['It could not be put back without a person.'] : []),
    ...status.notes.map((note) => quote(note, maxSentence)),
    ...(diagnosis?.unseen ?? []).map((what) => `The diagnosis could not look at everything: ${quote(what)}`),
    '_Which test or environment should have shown it earlier?_',
    '_What made it hard to understand or to repair?_',
    '_Where was it luck?_',
  ];
  return facts.map((fact) => `- ${fact}`).join('\n');
}

/** The diagnosis' own advice is the first proposal. */
function actions({ diagnosis }: Incident): string {
  const first = diagnosis?.findings[0];
  const proposal = first === undefined ? '_…_' : quote(first.remedy, maxSentence);
  return table(
    ['Action', 'Owner', 'Due date'],
    [proposal, '_who?_', '_yyyy-mm-dd_'],
    ['_Keep it from happening again: …_', '_who?_', '_yyyy-mm-dd_'],
    ['_Notice it earlier: …_', '_who?_', '_yyyy-mm-dd_'],
  );
}

function moment(iso: string | undefined): string {
  return iso === undefined ? '' : momentWords(iso);
}
