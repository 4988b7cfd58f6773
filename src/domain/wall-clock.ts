/**
 * Between instants and what a clock on the wall of a place shows. Instants are milliseconds since 1970;
 * a local time is written as the milliseconds at which a clock in UTC would show the same.
 */

const hour = 3_600_000;

/** No place is further than this from its offset before or after a change of the clocks. */
const aroundChange = 36 * hour;

export interface WallClock {
  readonly timeZone: string;
  /** What the clock shows. */
  localOf(instant: number): number;
  /**
   * When the clock first shows this time or a later one: at the jump for a time that is skipped in
   * spring, the first time for one that comes twice in autumn.
   */
  instantOf(local: number): number;
}

/** `timeZone` must be known to this machine. */
export function wallClock(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });

  const localOf = (instant: number): number => {
    const shown: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour: hours = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hours, minute, second) + (((instant % 1_000) + 1_000) % 1_000);
  };

  const instantOf = (local: number): number => {
    const offsets = [local - aroundChange, local + aroundChange].map((near) => localOf(near) - near);
    const [first = local, last = local] = offsets.map((offset) => local - offset).sort((a, b) => a - b);
    if (localOf(first) === local) return first;
    if (localOf(last) === local) return last;
    return firstReaching(local, first, last);
  };

  /** The clocks jump over this time somewhere between `before` and `after`. */
  const firstReaching = (local: number, before: number, after: number): number => {
    let [low, high] = [before, after];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (localOf(middle) >= local) high = middle;
      else low = middle;
    }
    return high;
  };

  return { timeZone, localOf, instantOf };
}

export function isTimeZone(name: string): boolean {
  // An offset such as +01:00 is a zone for some versions of JavaScript; it knows no summer.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];

/** `3 January 2027, 00:00 (Europe/Berlin)`. */
export function timeWords(instant: number, clock: WallClock): string {
  const local = new Date(clock.localOf(instant));
  const time = local.toISOString().slice(11, 16);
  const month = months[local.getUTCMonth()] ?? '';
  return `${local.getUTCDate()} ${month} ${local.getUTCFullYear()}, ${time} (${clock.timeZone})`;
}
