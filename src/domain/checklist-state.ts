/** How a release's checklist stands, from what systems and people said. */
import {
  isSystemItem,
  type Attestation,
  type ChecklistFinding,
  type ChecklistItem,
  type ChecklistSighting,
} from './checklist.ts';
import { needOf } from './checklist-need.ts';
import { minuteWords } from './minute-words.ts';

export interface ChecklistFacts {
  readonly items: readonly ChecklistItem[];
  readonly version: string;
  /** The version that runs now; absent: nobody knows. */
  readonly from?: string;
  /** The latest of each item that a system was asked about. */
  readonly sightings: readonly ChecklistSighting[];
  readonly attestations: readonly Attestation[];
}

export function checklistFindings(facts: ChecklistFacts): readonly ChecklistFinding[] {
  return facts.items.map((item) => findingOf(item, facts));
}

/** What the release waits for. */
export function stillMissing(findings: readonly ChecklistFinding[]): readonly ChecklistFinding[] {
  return findings.filter(({ required, state }) => required && state !== 'done');
}

/** Newer sightings take the place of older ones, but a system that went away unsays nothing. */
export function newestSightings(
  before: readonly ChecklistSighting[],
  seen: readonly ChecklistSighting[],
): readonly ChecklistSighting[] {
  const isKnown = ({ name, state }: ChecklistSighting): boolean =>
    state === 'unknown' && before.some((old) => old.name === name && old.state === 'done');
  const newer = seen.filter((sighting) => !isKnown(sighting));
  return [...before.filter(({ name }) => !newer.some((one) => one.name === name)), ...newer];
}

/** `5 of 8 done, 1 not needed, 2 missing`. */
export function checklistSummary(findings: readonly ChecklistFinding[]): string {
  const count = (state: ChecklistFinding['state']): number =>
    findings.filter((finding) => finding.state === state).length;
  const rest = [
    [count('notNeeded'), 'not needed'],
    [count('missing'), 'missing'],
    [count('unknown'), 'unknown'],
  ] as const;
  const others = rest.filter(([many]) => many > 0).map(([many, what]) => `, ${many} ${what}`);
  return `${count('done')} of ${findings.length} done${others.join('')}`;
}

function findingOf(item: ChecklistItem, facts: ChecklistFacts): ChecklistFinding {
  const { name, title } = item;
  const needed = needOf(item, facts.version, facts.from);
  const base = { name, title, required: needed.need === 'required' };
  if (needed.need === 'notNeeded')
    return { ...base, state: 'notNeeded', attestable: false, detail: needed.because };
  const sighting = facts.sightings.find((seen) => seen.name === name);
  if (sighting?.state === 'done') return { ...base, ...sighting, attestable: false };
  const attestation = facts.attestations.find((one) => one.item === name);
  const attestable = mayBeAttested(item, sighting);
  if (attestation !== undefined && attestable) return { ...base, ...attested(attestation, sighting) };
  if (!isSystemItem(item))
    return { ...base, state: 'missing', attestable, detail: "waits for a person's word" };
  if (sighting === undefined)
    return { ...base, state: 'unknown', attestable, detail: 'nobody has looked yet' };
  return { ...base, ...sighting, attestable };
}

/** A word that was given while the system was away ends where the system says otherwise. */
function mayBeAttested(item: ChecklistItem, sighting: ChecklistSighting | undefined): boolean {
  if (!isSystemItem(item) || item.proof.attestable === true) return true;
  return sighting === undefined || sighting.state === 'unknown';
}

function attested(
  { by, at, link }: Attestation,
  sighting: ChecklistSighting | undefined,
): Pick<ChecklistFinding, 'state' | 'attestable' | 'detail' | 'link' | 'by'> {
  const despite = sighting === undefined ? '' : `; the system said: ${sighting.detail}`;
  return {
    state: 'done',
    attestable: false,
    detail: `attested by ${by} at ${minuteWords(at)}${despite}`,
    by,
    ...(link === undefined ? {} : { link }),
  };
}

/** `on call: Ada Lovelace until 18:00 UTC`, as the on-call system told the checklist; absent: it was not asked, or did not tell. */
export function onCallWords(
  items: readonly ChecklistItem[],
  findings: readonly ChecklistFinding[],
): string | undefined {
  const item = items.find(({ proof }) => proof.by === 'onCall');
  const found = findings.find(({ name }) => name === item?.name);
  return found?.state === 'done' && found.by === undefined ? found.detail : undefined;
}
