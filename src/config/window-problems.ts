/** What can be wrong with one window although each of its values is right. */
import { show } from './expecting.ts';
import { parseRRule } from './rrule.ts';
import { calendarSpan, recurring } from './window-rules.ts';
import {
  aCalendarTime,
  readTime,
  type CalendarTimes,
  type RecurringTimes,
  type WeeklyTimes,
} from './window-times.ts';

export interface WindowProblem {
  /** The key that is to be changed. */
  readonly at: string;
  readonly message: string;
}

/** So many beginnings are looked at for windows that run into each other: more than a year of weeks. */
const looked = 60;

export function weeklyProblem({ days, from, to }: WeeklyTimes): WindowProblem | undefined {
  const twice = days.find((day, index) => days.indexOf(day) !== index);
  if (twice !== undefined) return { at: 'days', message: `has ${twice} twice` };
  if (from !== to) return undefined;
  return { at: 'to', message: 'is the same as from. Write "00:00" to "24:00" for whole days.' };
}

export function rruleProblem(entry: RecurringTimes): WindowProblem | undefined {
  const parsed = parseRRule(entry.rrule);
  if (!parsed.ok) return { at: 'rrule', message: parsed.problem };
  const start = startProblem(
    entry.start,
    (parsed.parts.get('INTERVAL') ?? '1') !== '1',
    parsed.parts.has('COUNT'),
  );
  if (start !== undefined) return start;
  const starts = firstStarts(entry);
  if (typeof starts === 'string') return { at: 'rrule', message: starts };
  const gaps = starts.slice(1).map((next, index) => next - (starts[index] ?? next));
  if (!gaps.some((gap) => gap < entry.duration * 1_000)) return undefined;
  const shortest = Math.min(...gaps) / 3_600_000;
  return {
    at: 'duration',
    message: `is longer than from one beginning to the next (${Number(shortest.toFixed(2))}h): the windows run into each other`,
  };
}

function startProblem(
  start: string | undefined,
  everyOther: boolean,
  counted: boolean,
): WindowProblem | undefined {
  if (start === undefined) {
    const part = everyOther ? 'INTERVAL' : 'COUNT';
    if (!everyOther && !counted) return undefined;
    return { at: 'start', message: `is missing: ${part} counts from the first beginning` };
  }
  const read = readTime(start);
  if (read !== undefined && read.kind !== 'instant') return undefined;
  const offset = read === undefined ? '' : ' It is a time on the clock of timeZone, without an offset.';
  return {
    at: 'start',
    message: `expected a time such as 2026-01-05T10:00, got ${show(start)}.${offset}`.trim(),
  };
}

/** Or why there are none. */
function firstStarts(entry: RecurringTimes): readonly number[] | string {
  try {
    const starts = recurring(entry).firstStarts(looked);
    return starts.length === 0 ? 'never begins: it ends before its first time' : starts;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // The library gives up on what never comes.
    return /^Maximum /.test(why) ? 'never begins: there is no such day' : `makes no sense: ${why}`;
  }
}

export function calendarProblem(entry: CalendarTimes): WindowProblem | undefined {
  const { from, to, timeZone } = entry;
  for (const [at, written] of Object.entries({ from, ...(to === undefined ? {} : { to }) })) {
    if (readTime(written) === undefined) {
      return {
        at,
        message: `expected ${aCalendarTime}, got ${show(written)}`,
      };
    }
  }
  const local = [from, to].some((written) => written !== undefined && readTime(written)?.kind !== 'instant');
  if (local && timeZone === undefined) {
    return { at: 'timeZone', message: 'is missing: expected a time zone, for example Europe/Berlin or UTC' };
  }
  const span = calendarSpan(entry);
  if (span.from < span.to) return undefined;
  return { at: 'to', message: `is not after from: the window would be empty` };
}
