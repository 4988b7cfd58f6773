import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toWindows } from '../../src/config/resolve-windows.ts';
import { windowEntrySchema, windowsSchema } from '../../src/config/window-schema.ts';
import { windowState } from '../../src/domain/window-state.ts';
import { naiveStates, type Naive } from '../support/window-oracle.ts';

const minute = 60_000;

function windows(written: object, freezes: Readonly<Record<string, object>> = {}) {
  const parsed = Object.entries(freezes).map(
    ([name, entry]) => [name, windowEntrySchema.parse(entry)] as const,
  );
  return toWindows(windowsSchema.parse(written), Object.fromEntries(parsed));
}

function at(written: object, time: string, freezes?: Readonly<Record<string, object>>) {
  return windowState(windows(written, freezes), Date.parse(time));
}

/** `open until …` or `closed until …`. */
function inWords(written: object, time: string): string {
  const state = at(written, time);
  const change = state.open ? state.closesAt : state.opensAt;
  return `${state.open ? 'open' : 'closed'} until ${change?.slice(0, 16) ?? 'further notice'}`;
}

const office = { days: ['mon', 'tue', 'wed', 'thu'], from: '09:00', to: '16:00', timeZone: 'Europe/Berlin' };
const berlin = { timeZone: 'Europe/Berlin' };
const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

describe('windows', () => {
  test.each([
    ['nothing at all', {}, '2026-11-23T12:00Z', 'open until further notice'],
    ['within hours', { allow: [office] }, '2026-11-23T12:00Z', 'open until 2026-11-23T15:00'],
    ['at the very start', { allow: [office] }, '2026-11-23T08:00Z', 'open until 2026-11-23T15:00'],
    ['just before it', { allow: [office] }, '2026-11-23T07:59:59.999Z', 'closed until 2026-11-23T08:00'],
    ['at the very end', { allow: [office] }, '2026-11-23T15:00Z', 'closed until 2026-11-24T08:00'],
    ['over a weekend', { allow: [office] }, '2026-11-26T18:00Z', 'closed until 2026-11-30T08:00'],
    ['in summer', { allow: [office] }, '2026-07-23T12:00Z', 'open until 2026-07-23T14:00'],
    [
      'over midnight, in the evening',
      { allow: [{ days: ['fri'], from: '22:00', to: '04:00', timeZone: 'UTC' }] },
      '2026-11-27T23:00Z',
      'open until 2026-11-28T04:00',
    ],
    [
      'over midnight, in the morning of a day that it does not name',
      { allow: [{ days: ['fri'], from: '22:00', to: '04:00', timeZone: 'UTC' }] },
      '2026-11-28T03:00Z',
      'open until 2026-11-28T04:00',
    ],
    [
      'whole days that touch',
      { deny: [{ days: ['fri', 'sat', 'sun'], from: '00:00', to: '24:00', timeZone: 'UTC' }] },
      '2026-11-27T12:00Z',
      'closed until 2026-11-30T00:00',
    ],
    [
      'a weekend from Friday evening, by RRULE',
      { deny: [{ rrule: 'FREQ=WEEKLY;BYDAY=FR;BYHOUR=16', duration: '64h', ...berlin }] },
      '2026-11-28T12:00Z',
      'closed until 2026-11-30T07:00',
    ],
    [
      'a weekend in which the clocks are put forward still ends at eight',
      { deny: [{ rrule: 'FREQ=WEEKLY;BYDAY=FR;BYHOUR=16', duration: '64h', ...berlin }] },
      '2027-03-27T12:00Z',
      'closed until 2027-03-29T06:00',
    ],
    [
      'the last Friday of a month',
      { deny: [{ rrule: 'FREQ=MONTHLY;BYDAY=-1FR', duration: '24h', ...berlin }] },
      '2026-11-23T12:00Z',
      'open until 2026-11-26T23:00',
    ],
    [
      'every other week, counted from its start',
      {
        allow: [
          {
            rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU',
            start: '2026-11-03T10:00',
            duration: '2h',
            timeZone: 'UTC',
          },
        ],
      },
      '2026-11-04T00:00Z',
      'closed until 2026-11-17T10:00',
    ],
    [
      'an RRULE until a day, all of it',
      { allow: [{ rrule: 'RRULE:FREQ=DAILY;BYHOUR=22;UNTIL=20261124', duration: '1h', timeZone: 'UTC' }] },
      '2026-11-24T12:00Z',
      'closed until 2026-11-24T22:00',
    ],
    [
      'an RRULE that is over',
      { allow: [{ rrule: 'FREQ=DAILY;BYHOUR=22;UNTIL=20261124', duration: '1h', timeZone: 'UTC' }] },
      '2026-11-24T23:00Z',
      'closed until further notice',
    ],
    [
      'an RRULE until an instant in UTC, which is another day in its zone',
      {
        allow: [
          { rrule: 'FREQ=DAILY;BYHOUR=1;UNTIL=20261124T000000Z', duration: '1h', timeZone: 'Europe/Berlin' },
        ],
      },
      '2026-11-23T12:00Z',
      'closed until 2026-11-24T00:00',
    ],
    [
      'calendar days, first and last included',
      { deny: [{ from: '2026-12-20', to: '2027-01-02', ...berlin }] },
      '2026-12-24T12:00Z',
      'closed until 2027-01-02T23:00',
    ],
    [
      'calendar days that come',
      { deny: [{ from: '2026-12-20', to: '2027-01-02', ...berlin }] },
      '2026-11-24T12:00Z',
      'open until 2026-12-19T23:00',
    ],
    [
      'times of the calendar with their offset',
      { deny: [{ from: '2026-12-20T18:00+01:00', to: '2026-12-21T06:00:30Z' }] },
      '2026-12-20T17:00Z',
      'closed until 2026-12-21T06:00',
    ],
    [
      'until further notice',
      { deny: [{ from: '2026-12-20', timeZone: 'UTC' }] },
      '2030-01-01T00:00Z',
      'closed until further notice',
    ],
    [
      'one allowed day, years from now',
      { allow: [{ from: '2030-02-28', to: '2030-02-28', timeZone: 'UTC' }] },
      '2026-01-01T00:00Z',
      'closed until 2030-02-28T00:00',
    ],
    [
      'deny wins, and what is left of the day opens after it',
      { allow: [office], deny: [{ days: ['mon'], from: '11:30', to: '13:00', ...berlin }] },
      '2026-11-23T11:00Z',
      'closed until 2026-11-23T12:00',
    ],
    [
      'two denials, one after the other, are one wait',
      {
        deny: [
          { days: ['mon'], from: '11:00', to: '13:00', timeZone: 'UTC' },
          { days: ['mon'], from: '13:00', to: '14:00', timeZone: 'UTC' },
        ],
      },
      '2026-11-23T11:00Z',
      'closed until 2026-11-23T14:00',
    ],
    [
      'an opening that a denial ends at once is none',
      {
        allow: [{ days: ['mon'], from: '13:00', to: '14:00', timeZone: 'UTC' }],
        deny: [{ from: '2026-11-23T13:00Z', to: '2026-11-23T14:00Z' }],
      },
      '2026-11-23T12:00Z',
      'closed until 2026-11-30T13:00',
    ],
    [
      'spring forward (2:00 to 3:00 is skipped): a time that is skipped comes with the jump',
      { allow: [{ days: ['sun'], from: '02:30', to: '05:00', ...berlin }] },
      '2027-03-28T00:00Z',
      'closed until 2027-03-28T01:00',
    ],
    [
      'spring forward: a window that is skipped as a whole does not open',
      { allow: [{ days: ['sun'], from: '02:00', to: '03:00', ...berlin }] },
      '2027-03-28T00:00Z',
      'closed until 2027-04-04T00:00',
    ],
    [
      'fall back (3:00 to 2:00): it begins the first time that the clock shows it',
      { allow: [{ days: ['sun'], from: '02:30', to: '05:00', ...berlin }] },
      '2026-10-25T00:00Z',
      'closed until 2026-10-25T00:30',
    ],
    [
      'fall back: what has begun goes on while the hour comes twice',
      { deny: [{ days: ['sun'], from: '02:30', to: '05:00', ...berlin }] },
      '2026-10-25T01:15Z',
      'closed until 2026-10-25T04:00',
    ],
    [
      'half an hour of summer time',
      { allow: [{ days: ['sun'], from: '01:00', to: '04:00', timeZone: 'Australia/Lord_Howe' }] },
      '2026-10-03T15:00Z',
      'open until 2026-10-03T17:00',
    ],
    [
      'a day that its place left out',
      { deny: [{ from: '2011-12-30', to: '2011-12-31', timeZone: 'Pacific/Apia' }] },
      '2011-12-30T09:00Z',
      'open until 2011-12-30T10:00',
    ],
  ])('%s', (_, written, time, expected) => {
    expect(inWords(written, time)).toBe(expected);
  });

  test.each([
    [{ allow: [office] }, 'outside of Mon, Tue, Wed, Thu 09:00–16:00 (Europe/Berlin)'],
    [{ allow: [{ ...office, name: 'office hours' }] }, 'outside of "office hours"'],
    [{ deny: ['year-end'] }, 'freeze "year-end", until 3 January 2027, 00:00 (Europe/Berlin)'],
    [{ deny: ['named'] }, 'freeze "Year end", until further notice'],
    [
      { deny: [{ days: everyDay, from: '00:00', to: '20:00', timeZone: 'UTC', name: 'day' }] },
      '"day", until 27 December 2026, 20:00 (UTC)',
    ],
    [
      { deny: [{ rrule: 'FREQ=DAILY', duration: '23h', timeZone: 'UTC' }] },
      'FREQ=DAILY (UTC), until 27 December 2026, 23:00 (UTC)',
    ],
    [
      { deny: ['year-end', { from: '2026-12-27', to: '2026-12-27', timeZone: 'UTC' }] },
      'freeze "year-end", until 3 January 2027, 00:00 (Europe/Berlin)',
    ],
  ])('%j says which rule holds a release up', (written, because) => {
    const freezes = {
      'year-end': { from: '2026-12-20', to: '2027-01-02', ...berlin },
      named: { from: '2026-12-20', ...berlin, name: 'Year end' },
    };
    expect(at(written, '2026-12-27T18:00Z', freezes)).toMatchObject({ open: false, because });
  });
});

const zones = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'],
  ...['Pacific/Auckland', 'America/Santiago', 'Africa/Casablanca', 'Pacific/Kiritimati'],
];

/** Days before the clocks are changed somewhere, and others. */
const somewhen = fc.constantFrom(
  ...['2026-03-28 Europe/Berlin', '2026-10-24 Europe/Berlin', '2026-03-07 America/New_York'],
  ...['2026-10-31 America/New_York', '2026-10-03 Australia/Lord_Howe', '2026-04-04 Australia/Lord_Howe'],
  ...['2026-09-05 America/Santiago', '2026-04-04 America/Santiago', '2026-09-26 Pacific/Auckland'],
  ...['2026-03-21 Africa/Casablanca', '2028-02-28 UTC', '2026-12-30 Pacific/Kiritimati'],
);

const someMinute = fc.oneof(fc.nat(240), fc.nat(1_439));
const someZone = (likely: string) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(likely) }, fc.constantFrom(...zones));

interface Sample {
  readonly written: object;
  readonly naive: Naive;
}

const someDays = fc.subarray(everyDay, { minLength: 1 });
const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

const someWeekly = (zone: string): fc.Arbitrary<Sample> =>
  fc
    .tuple(
      someDays,
      someMinute,
      fc.oneof(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 1_439 })),
      someZone(zone),
    )
    .map(([days, from, minutes, timeZone]) => ({
      written: { days, from: clock(from), to: clock((from + minutes) % 1_440), timeZone },
      naive: { days, from, minutes, timeZone },
    }));

const someRecurring = (zone: string): fc.Arbitrary<Sample> =>
  fc
    .tuple(fc.constantFrom(...everyDay), someMinute, fc.integer({ min: 1, max: 6 * 1_440 }), someZone(zone))
    .map(([day, from, minutes, timeZone]) => ({
      written: {
        rrule: `FREQ=WEEKLY;BYDAY=${day.slice(0, 2)};BYHOUR=${Math.floor(from / 60)};BYMINUTE=${from % 60}`,
        duration: `${minutes}m`,
        timeZone,
      },
      naive: { days: [day], from, minutes, timeZone },
    }));

const someCalendar = (start: string): fc.Arbitrary<Sample> =>
  fc
    .tuple(fc.integer({ min: -3, max: 4 }), fc.nat(4), fc.constantFrom(...zones))
    .map(([after, days, timeZone]) => {
      const on = (offset: number) =>
        new Date(Date.parse(start) + offset * 86_400_000).toISOString().slice(0, 10);
      const [first, last] = [on(after), on(after + days)];
      return { written: { from: first, to: last, timeZone }, naive: { first, last, timeZone } };
    });

test('windows agree, at every minute, with somebody who watches the clock, and the next change is the very next', () => {
  const scenario = somewhen.chain((when) => {
    const [start = '', zone = ''] = when.split(' ');
    const list = fc.array(
      fc.oneof(someWeekly(zone), someWeekly(zone), someRecurring(zone), someCalendar(start)),
      { maxLength: 3 },
    );
    return fc.record({ start: fc.constant(start), allow: list, deny: list });
  });
  const minutes = 2 * 1_440;
  fc.assert(
    fc.property(
      scenario,
      fc.array(fc.nat(minutes - 1), { minLength: 6, maxLength: 6 }),
      ({ start, allow, deny }, times) => {
        const begin = Date.parse(start);
        const open = naiveStates(
          allow.map(({ naive }) => naive),
          deny.map(({ naive }) => naive),
          begin,
          minutes,
        );
        const rules = windows({
          allow: allow.map(({ written }) => written),
          deny: deny.map(({ written }) => written),
        });
        const changes = open.flatMap((state, at) => (at > 0 && state !== open[at - 1] ? [at] : []));
        // The minutes around each change are where mistakes would be.
        for (const time of [...times, ...changes.flatMap((at) => [at - 1, at])]) {
          const state = windowState(rules, begin + time * minute);
          const next = changes.find((at) => at > time);
          const told = Date.parse((state.open ? state.closesAt : state.opensAt) ?? '9999-12-31');
          expect({ time, open: state.open }).toEqual({ time, open: open[time] });
          if (next === undefined) expect(told).toBeGreaterThanOrEqual(begin + minutes * minute);
          else expect({ time, told }).toEqual({ time, told: begin + next * minute });
        }
      },
    ),
    { numRuns: 25 },
  );
});
