/** Times as windows write them, read. */

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export interface WeeklyTimes {
  readonly days: readonly (typeof weekdays)[number][];
  /** `09:00`. */
  readonly from: string;
  /** `16:00` or `24:00`. */
  readonly to: string;
  readonly timeZone: string;
}

export interface RecurringTimes {
  readonly rrule: string;
  /** Seconds. */
  readonly duration: number;
  readonly start?: string | undefined;
  readonly timeZone: string;
}

export interface CalendarTimes {
  readonly from: string;
  readonly to?: string | undefined;
  readonly timeZone?: string | undefined;
}

/** Local times as `wall-clock.ts` counts them. */
export type WrittenTime =
  | { readonly kind: 'day'; readonly local: number }
  | { readonly kind: 'local'; readonly local: number }
  | { readonly kind: 'instant'; readonly instant: number };

export const aCalendarTime =
  'a day or a time of the calendar, such as 2026-12-20, 2026-12-20T18:00 or 2026-12-20T18:00Z';

const pattern = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** `2026-12-20`, `2026-12-20T18:00`, `2026-12-20T18:00+01:00`; `undefined` for all else. */
export function readTime(written: string): WrittenTime | undefined {
  const [, day, time, offset] = pattern.exec(written) ?? [];
  if (day === undefined) return undefined;
  const local = Date.parse(`${day}T${time ?? '00:00'}Z`);
  // 30 February would pass as a day in March.
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 10) !== day) return undefined;
  if (time === undefined) return { kind: 'day', local };
  if (offset === undefined) return { kind: 'local', local };
  const instant = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(instant) ? undefined : { kind: 'instant', instant };
}

/** Milliseconds since midnight. */
export function timeOfDay(written: string): number {
  const [hours = 0, minutes = 0] = written.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}
