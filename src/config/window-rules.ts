/** From the file's windows to the domain's rules. Entries were checked before: what is left cannot fail. */
import { timeWords, wallClock, type WallClock } from '../domain/wall-clock.ts';
import type { Span, WindowRule } from '../domain/window-rule.ts';
import { parseRRule, recurrence, type Recurrence, type RRuleParts } from './rrule.ts';
import {
  readTime,
  timeOfDay,
  weekdays,
  type CalendarTimes,
  type RecurringTimes,
  type WeeklyTimes,
} from './window-times.ts';

const day = 24 * 3_600_000;

/** A Monday, the first of a month and of a year: what an RRULE without a start leaves open is this. */
const defaultStart = Date.UTC(2024, 0, 1);

type Named<T> = T & { readonly name?: string | undefined };
export type WindowTimes = Named<WeeklyTimes> | Named<RecurringTimes> | Named<CalendarTimes>;

/** `freeze` is the name of a freeze that environments share. */
export function toWindowRule(entry: WindowTimes, freeze?: string): WindowRule {
  const clock = wallClock(entry.timeZone ?? 'UTC');
  const name = freeze === undefined ? quoted(entry.name) : `freeze "${entry.name ?? freeze}"`;
  return {
    words: name ?? words(entry),
    timeWords: (instant) => timeWords(instant, clock),
    spansWithin: spansOf(entry, clock),
  };
}

type Spans = WindowRule['spansWithin'];

function spansOf(entry: WindowTimes, clock: WallClock): Spans {
  if ('days' in entry) return repeated(weekly(entry), weeklyLength(entry), clock);
  if ('rrule' in entry) return repeated(recurring(entry), entry.duration * 1_000, clock);
  return once(calendarSpan(entry));
}

function once(span: Span): Spans {
  return (from, to) => (span.from < to && span.to > from ? [span] : []);
}

/** Begins and ends when the clock on the wall says so, however long that takes. */
function repeated(starts: Recurrence, length: number, clock: WallClock): Spans {
  return (from, to) =>
    starts
      // A day more on each side: a clock that is changed shows some times late or twice.
      .startsBetween(clock.localOf(from) - length - day, clock.localOf(to) + day)
      .map((start) => ({ from: clock.instantOf(start), to: clock.instantOf(start + length) }))
      .filter((span) => span.from < span.to && span.from < to && span.to > from);
}

function weekly({ days, from }: WeeklyTimes): Recurrence {
  const [hours, minutes] = from.split(':').map(Number);
  const parts = { FREQ: 'WEEKLY', BYDAY: days.map((name) => name.slice(0, 2).toUpperCase()).join(',') };
  const at = { BYHOUR: `${hours}`, BYMINUTE: `${minutes}`, BYSECOND: '0' };
  return recurrence(new Map(Object.entries({ ...parts, ...at })), defaultStart, undefined);
}

function weeklyLength({ from, to }: WeeklyTimes): number {
  const length = timeOfDay(to) - timeOfDay(from);
  return length > 0 ? length : length + day;
}

/** Throws what is wrong with it as a whole. */
export function recurring({ rrule, start, timeZone }: RecurringTimes): Recurrence {
  const parsed = parseRRule(rrule);
  if (!parsed.ok) throw new Error(parsed.problem);
  return recurrence(parsed.parts, startOf(start), untilOf(parsed.parts, wallClock(timeZone)));
}

function startOf(start: string | undefined): number {
  const read = start === undefined ? undefined : readTime(start);
  return read === undefined || read.kind === 'instant' ? defaultStart : read.local;
}

/** Local. UNTIL is written as a day (all of it), on the clock's time, or in UTC. */
function untilOf(parts: RRuleParts, clock: WallClock): number | undefined {
  const until = parts.get('UNTIL');
  if (until === undefined) return undefined;
  const iso = until.replace(/^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?/, '$1-$2-$3T$4:$5:$6');
  const read = readTime(iso.replace('T::', ''));
  if (read === undefined) throw new Error('UNTIL is no day of the calendar');
  if (read.kind === 'instant') return clock.localOf(read.instant);
  return read.kind === 'day' ? read.local + day - 1_000 : read.local;
}

export function calendarSpan({ from, to, timeZone }: CalendarTimes): Span {
  const clock = wallClock(timeZone ?? 'UTC');
  const instant = (written: string, wholeDay: number): number => {
    const read = readTime(written);
    if (read === undefined) return NaN;
    if (read.kind === 'instant') return read.instant;
    return clock.instantOf(read.local + (read.kind === 'day' ? wholeDay : 0));
  };
  return { from: instant(from, 0), to: to === undefined ? Infinity : instant(to, day) };
}

function words(entry: WindowTimes): string {
  const zone = entry.timeZone === undefined ? '' : ` (${entry.timeZone})`;
  if ('days' in entry) {
    const days = weekdays.filter((name) => entry.days.includes(name)).map(capital);
    return `${days.join(', ')} ${entry.from}–${entry.to}${zone}`;
  }
  if ('rrule' in entry) return `${entry.rrule}${zone}`;
  return entry.to === undefined ? `from ${entry.from}${zone}` : `${entry.from} to ${entry.to}${zone}`;
}

function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

function quoted(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `"${name}"`;
}
