import { expect, test } from '@jest/globals';
import { parseConfiguration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problem.ts';

const everyDay = 'days: [mon, tue, wed, thu, fri, sat, sun]';

function mistakes(windows: string, freezes = ''): string[] {
  const text = `environments:
  staging:
    cluster: staging-cluster
    namespace: web
    windows: ${windows}
services: { web: { image: org/web } }
${freezes}`;
  try {
    parseConfiguration(text, 'fairway.yaml');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const window = (written: string) => `{ allow: [{ ${written} }] }`;
const weekly = (written: string) =>
  window(`days: [mon], from: "09:00", to: "16:00", timeZone: UTC, ${written}`);
const rrule = (written: string, rest = 'duration: 1h, timeZone: UTC') =>
  window(`rrule: "${written}", ${rest}`);
const dates = (written: string) => `{ deny: [{ ${written} }] }`;

test.each([
  ['[mon]', ': expected a mapping with allow or deny, got a list'],
  ['{ allow: mon }', '.allow: expected a list of windows, got "mon"'],
  [
    '{ allow: [office] }',
    '.allow[0]: expected a mapping with days, from and to; or with rrule and duration; or with dates from and to, got "office"',
  ],
  ['{ outside: fail }', '.outside: expected wait or refuse, got "fail"'],
  [
    '{ override: { groups: [ops] } }',
    '.override.groups[0]: there is no group "ops". The file has no groups.',
  ],
  [weekly('till: "17:00"'), '.allow[0].till: unknown key. Known here: name, days, from, to, timeZone.'],
  [
    window('days: [], from: "09:00", to: "16:00", timeZone: UTC'),
    '.allow[0].days: expected at least one day, for example [mon, tue], got an empty list',
  ],
  [
    window('days: [monday], from: "09:00", to: "16:00", timeZone: UTC'),
    '.allow[0].days[0]: expected mon, tue, wed, thu, fri, sat or sun, got "monday".',
  ],
  [
    window('days: [mon, tue, mon], from: "09:00", to: "16:00", timeZone: UTC'),
    '.allow[0].days: has mon twice',
  ],
  [
    window('days: [mon], from: 9:00, to: "16:00", timeZone: UTC'),
    '.allow[0].from: expected a time of day in quotes, such as "09:00", got "9:00"',
  ],
  [
    window('days: [mon], from: "09:00", to: "25:00", timeZone: UTC'),
    '.allow[0].to: expected a time of day in quotes, such as "16:00", got "25:00"',
  ],
  [
    window('days: [mon], from: "09:00", to: "09:00", timeZone: UTC'),
    '.allow[0].to: is the same as from. Write "00:00" to "24:00" for whole days.',
  ],
  [
    window('days: [mon], from: "09:00", to: "16:00"'),
    '.allow[0].timeZone: is missing: expected a time zone, for example Europe/Berlin or UTC',
  ],
  [
    window('days: [mon], from: "09:00", to: "16:00", timeZone: Europe/Berln'),
    '.allow[0].timeZone: expected a time zone, for example Europe/Berlin or UTC, got "Europe/Berln". Did you mean "Europe/Berlin"?',
  ],
  [
    window('days: [mon], from: "09:00", to: "16:00", timeZone: "+01:00"'),
    '.allow[0].timeZone: expected a time zone, for example Europe/Berlin or UTC, got "+01:00"',
  ],
  [rrule('every monday'), '.allow[0].rrule: has an unknown part "EVERY MONDAY".'],
  [rrule('FREQ=WEEKLY;BYDAYS=MO'), '.allow[0].rrule: has an unknown part "BYDAYS". Did you mean "BYDAY"?'],
  [rrule('BYDAY=MO'), '.allow[0].rrule: needs FREQ, for example FREQ=WEEKLY;BYDAY=MO;BYHOUR=9'],
  [rrule('FREQ=HOURLY'), '.allow[0].rrule: FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY, not "HOURLY"'],
  [rrule('FREQ=DAILY;BYHOUR=24'), '.allow[0].rrule: BYHOUR must be hours from 0 to 23, not "24"'],
  [rrule('FREQ=DAILY;BYHOUR=9;BYHOUR=10'), '.allow[0].rrule: has BYHOUR twice. Join the values with commas.'],
  [
    rrule('FREQ=WEEKLY;BYDAY=MON'),
    '.allow[0].rrule: BYDAY must be days out of MO, TU, WE, TH, FR, SA and SU',
  ],
  [
    rrule('FREQ=WEEKLY;BYDAY=1MO'),
    '.allow[0].rrule: makes no sense: BYDAY with numeric value MUST NOT be used unless FREQ is MONTHLY or YEARLY',
  ],
  [rrule('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'), '.allow[0].rrule: never begins: there is no such day'],
  [rrule('FREQ=DAILY;UNTIL=20231231'), '.allow[0].rrule: never begins: it ends before its first time'],
  [rrule('FREQ=DAILY;UNTIL=20260230'), '.allow[0].rrule: makes no sense: UNTIL is no day of the calendar'],
  [
    rrule('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO'),
    '.allow[0].start: is missing: INTERVAL counts from the first beginning',
  ],
  [rrule('FREQ=DAILY;COUNT=3'), '.allow[0].start: is missing: COUNT counts from the first beginning'],
  [
    rrule('FREQ=DAILY;COUNT=3', 'duration: 1h, timeZone: UTC, start: 2026-02-30'),
    '.allow[0].start: expected a time such as 2026-01-05T10:00, got "2026-02-30"',
  ],
  [
    rrule('FREQ=DAILY', 'duration: 1h, timeZone: UTC, start: 2026-02-03T10:00Z'),
    '.allow[0].start: expected a time such as 2026-01-05T10:00, got "2026-02-03T10:00Z". It is a time on the clock of timeZone, without an offset.',
  ],
  [
    rrule('FREQ=DAILY', 'duration: 30h, timeZone: UTC'),
    '.allow[0].duration: is longer than from one beginning to the next (24h): the windows run into each other',
  ],
  [
    rrule('FREQ=DAILY', 'duration: 1 day, timeZone: UTC'),
    '.allow[0].duration: expected a time from 1m to 9000h, written like 30s, 10m or 1h30m, got "1 day"',
  ],
  [
    dates('from: 20 December, timeZone: UTC'),
    '.deny[0].from: expected a day or a time of the calendar, such as 2026-12-20, 2026-12-20T18:00 or 2026-12-20T18:00Z, got "20 December"',
  ],
  [
    dates('from: 2026-02-29, timeZone: UTC'),
    '.deny[0].from: expected a day or a time of the calendar, such as 2026-12-20, 2026-12-20T18:00 or 2026-12-20T18:00Z, got "2026-02-29"',
  ],
  [
    dates('from: 2026-12-20, to: 2026-12-31T12:00Z'),
    '.deny[0].timeZone: is missing: expected a time zone, for example Europe/Berlin or UTC',
  ],
  [
    dates('from: 2027-01-02, to: 2026-12-20, timeZone: UTC'),
    '.deny[0].to: is not after from: the window would be empty',
  ],
  [
    dates('from: 2026-12-20T18:00, to: 2026-12-20T18:00, timeZone: UTC'),
    '.deny[0].to: is not after from: the window would be empty',
  ],
  ['{ deny: [year-end] }', '.deny[0]: there is no freeze "year-end". The file has no freezes.'],
  [
    '{ deny: [{ from: 2026-12-20, timeZone: UTC }, { from: 2026-12-20, timeZone: UTC }] }',
    '.deny[1]: says the same as deny[0]. Remove one of them.',
  ],
  [
    `{ deny: [{ ${everyDay}, from: "00:00", to: "24:00", timeZone: UTC }] }`,
    '.deny: covers all times: it would never open',
  ],
  [
    `{ deny: [{ rrule: FREQ=DAILY, duration: 20h, timeZone: UTC }, { ${everyDay}, from: "18:00", to: "02:00", timeZone: Asia/Kolkata }, { rrule: FREQ=DAILY;BYHOUR=20, duration: 4h, timeZone: UTC }] }`,
    '.deny: covers all times: it would never open',
  ],
  [
    `{ allow: [{ days: [sat], from: "09:00", to: "16:00", timeZone: UTC }, { days: [mon], from: "09:00", to: "16:00", timeZone: UTC }], deny: [{ rrule: FREQ=WEEKLY;BYDAY=SA, duration: 48h, timeZone: UTC }] }`,
    '.allow[0]: never opens: what deny covers always wins',
  ],
])('windows: %s are reported with the place and remedy', (written, message) => {
  const [found, ...others] = mistakes(written);
  expect(others).toEqual([]);
  const told = found?.replace(/^fairway\.yaml:\d+:\d+ environments\.staging\.windows/, '');
  expect(told?.slice(0, message.length)).toBe(message);
});

test.each([
  [
    '{ freezes: {} }',
    'freezes: { Year End: { from: 2026-12-20, timeZone: UTC } }',
    'freezes."Year End": expected a name of',
  ],
  [
    '{ deny: [yearend] }',
    'freezes: { year-end: { from: 2026-12-20, timeZone: UTC } }',
    'Did you mean "year-end"? Freezes: year-end.',
  ],
  ['{ deny: [a] }', 'freezes: { a: { from: 2026-12-20 } }', 'freezes.a.timeZone: is missing'],
])('%s with %s is reported', (windows, freezes, message) => {
  const found = mistakes(windows.replace('{ freezes: {} }', '{}'), freezes);
  expect(found).toEqual([expect.stringContaining(message)]);
});

test.each([
  ['a freeze until further notice', '{ deny: [a] }', 'freezes: { a: { from: 2020-01-01, timeZone: UTC } }'],
  [
    'a freeze over the only allowed day',
    '{ allow: [{ from: 2026-12-24, to: 2026-12-24, timeZone: UTC }], deny: [a] }',
    'freezes: { a: { from: 2026-12-20, to: 2027-01-02, timeZone: UTC } }',
  ],
  ['windows that are over', '{ allow: [{ from: 2020-12-24, to: 2020-12-24, timeZone: UTC }] }', ''],
  [
    'a denial that is over',
    `{ deny: [{ rrule: FREQ=DAILY;UNTIL=20250101, duration: 24h, timeZone: UTC }] }`,
    '',
  ],
])('%s is no mistake: a file that was right stays right', (_, windows, freezes) => {
  expect(mistakes(windows, freezes)).toEqual([]);
});
