/** When what happened, from a release's own record, and what follows from it: how it was noticed, and how fast. */
import type { Incident } from './incident.ts';
import { outcomeWords, type StepStatus } from './status.ts';
import { durationWords } from './status-details.ts';

/** Not yet redacted, as the record. */
export interface TimelineEntry {
  /** ISO 8601. */
  readonly at: string;
  readonly what: string;
  readonly detail?: string;
}

/** In order of time. A step that failed stands there twice: when it began, and when that was seen. */
export function timelineOf({ status, startedAt, endedAt }: Incident): readonly TimelineEntry[] {
  const { release, requestedBy, steps, decisions = [], outcome } = status;
  const begun: TimelineEntry = {
    at: startedAt,
    what: `Release ${release} started`,
    ...(requestedBy === undefined ? {} : { detail: `requested by ${requestedBy}` }),
  };
  const ended: TimelineEntry = {
    at: endedAt,
    what: outcome === undefined ? 'Ended' : outcomeWords[outcome],
  };
  const between = [
    ...steps.flatMap(stepEntries),
    ...decisions.map(({ at, by, what, reason }) => ({
      at,
      what: `${by}: ${what}`,
      ...(reason === undefined ? {} : { detail: reason }),
    })),
  ];
  // Equal times keep their order.
  return [begun, ...between.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)), ended];
}

function stepEntries({ name, state, startedAt, endedAt, detail }: StepStatus): readonly TimelineEntry[] {
  if (startedAt === undefined) return [];
  const words = detail === undefined ? {} : { detail };
  if (endedAt === undefined) return [{ at: startedAt, what: `${name}: begun` }];
  const took = durationWords(Date.parse(endedAt) - Date.parse(startedAt));
  if (state !== 'failed') return [{ at: startedAt, what: `${name} (${took})`, ...words }];
  return [
    { at: startedAt, what: `${name}: begun` },
    { at: endedAt, what: `${name}: failed after ${took}`, ...words },
  ];
}

/** Absent: the record does not tell. */
export interface Recovery {
  /** The step that saw that something was wrong; absent: a person did. */
  readonly seenBy?: string;
  /** ISO 8601: the first change of the cluster. */
  readonly changedAt?: string;
  readonly seenAt?: string;
  /** When users had again what they had before. */
  readonly restoredAt?: string;
}

/** The last step before the first change, whatever the strategy. */
const lastBeforeChange = 'Back up';

export function recoveryOf({ status, startedAt }: Incident): Recovery {
  const { steps, outcome, strategy } = status;
  const ran = steps
    .filter(isRun)
    .sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt) || steps.indexOf(a) - steps.indexOf(b));
  const backedUp = ran.findIndex(({ name }) => name === lastBeforeChange);
  const changed = backedUp === -1 ? undefined : ran[backedUp + 1];
  const isWell = outcome === 'rolledBack' || outcome === 'aborted' || outcome === 'unchanged';
  const restored = isWell ? { restoredAt: ran.at(-1)?.endedAt } : {};
  // A rollback is begun because something was seen before; what changes the cluster is the cure.
  if (strategy === 'rollback' && (outcome === 'rolledBack' || outcome === 'unchanged'))
    return defined({ seenAt: startedAt, ...restored });
  const failed = ran.find(({ state }) => state === 'failed');
  return defined({
    seenBy: failed?.name,
    changedAt: changed?.startedAt,
    seenAt: failed?.endedAt,
    ...restored,
  });
}

/** How much time lay between two moments, in words; `undefined` where one is not known. */
export function between(from: string | undefined, to: string | undefined): string | undefined {
  if (from === undefined || to === undefined) return undefined;
  return durationWords(Date.parse(to) - Date.parse(from));
}

type RunStep = StepStatus & { readonly startedAt: string };

function isRun(step: StepStatus): step is RunStep {
  return step.startedAt !== undefined;
}

function defined(recovery: { readonly [K in keyof Recovery]: Recovery[K] | undefined }): Recovery {
  return Object.fromEntries(Object.entries(recovery).filter(([, at]) => at !== undefined));
}
