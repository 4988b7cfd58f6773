/**
 * Whether windows are open, told minute by minute by somebody who looks at a clock on the wall and never
 * believes that it goes back. Slow and simple: what the real thing is compared with.
 */

export interface NaiveWindow {
  /** `mon` and so on: days on which it begins. */
  readonly days: readonly string[];
  /** Minutes after midnight. */
  readonly from: number;
  readonly minutes: number;
  readonly timeZone: string;
}

export interface NaiveDays {
  /** `2026-12-20`, both included. */
  readonly first: string;
  readonly last: string;
  readonly timeZone: string;
}

export type Naive = NaiveWindow | NaiveDays;

const minute = 60_000;
const day = 1_440;
const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** One entry a minute from `start` on. */
export function naiveStates(
  allow: readonly Naive[],
  deny: readonly Naive[],
  start: number,
  minutes: number,
): boolean[] {
  const allowed = allow.map((window) => naiveInside(window, start, minutes));
  const denied = deny.map((window) => naiveInside(window, start, minutes));
  return Array.from(
    { length: minutes },
    (_, at) =>
      (allowed.length === 0 || allowed.some((states) => states[at])) && !denied.some((states) => states[at]),
  );
}

function naiveInside(window: Naive, start: number, minutes: number): boolean[] {
  return readings(window.timeZone, start, minutes).map((now) =>
    'days' in window ? duringWindow(window, now) : duringDays(window, now),
  );
}

const known = new Map<string, readonly number[]>();

/** What the clock shows in each minute, in minutes since 1970 as one in UTC would count them. */
function readings(timeZone: string, start: number, minutes: number): readonly number[] {
  const key = `${timeZone} ${start} ${minutes}`;
  const shown = known.get(key) ?? read(timeZone, start, minutes);
  known.set(key, shown);
  return shown;
}

function read(timeZone: string, start: number, minutes: number): readonly number[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const shown: number[] = [];
  let latest = -Infinity;
  // A day before, so that a clock that was put back just now is not believed either.
  for (let at = -day; at < minutes; at += 1) {
    const text = format.format(start + at * minute).replace(' ', 'T');
    latest = Math.max(latest, Date.parse(`${text}Z`) / minute);
    if (at >= 0) shown.push(latest);
  }
  return shown;
}

function duringWindow({ days, from, minutes }: NaiveWindow, now: number): boolean {
  const today = Math.floor(now / day);
  for (let back = 0; back <= Math.ceil((from + minutes) / day); back += 1) {
    const begun = (today - back) * day + from;
    const name = names[new Date((today - back) * day * minute).getUTCDay()] ?? '';
    if (days.includes(name) && begun <= now && now < begun + minutes) return true;
  }
  return false;
}

function duringDays({ first, last }: NaiveDays, now: number): boolean {
  const today = new Date(now * minute).toISOString().slice(0, 10);
  return first <= today && today <= last;
}
