/** When releases may go: `windows` of an environment, and the `freezes` that environments share. */
import { z } from 'zod';
import { isTimeZone } from '../domain/wall-clock.ts';
import { didYouMean } from './did-you-mean.ts';
import { duration } from './duration.ts';
import { expecting, oneOf, show } from './expecting.ts';
import { labelPattern, text } from './names.ts';
import { permissionSchema } from './permission-schema.ts';
import { aCalendarTime, weekdays } from './window-times.ts';
import { calendarProblem, rruleProblem, weeklyProblem, type WindowProblem } from './window-problems.ts';

const zoneExpected = expecting('a time zone, for example Europe/Berlin or UTC');

export const timeZone = z
  .string(zoneExpected)
  .superRefine((name, context) => {
    if (isTimeZone(name)) return;
    const guess = didYouMean(name, [...Intl.supportedValuesOf('timeZone'), 'UTC']);
    context.addIssue({
      code: 'custom',
      message: `expected a time zone, for example Europe/Berlin or UTC, got ${show(name)}${guess === '' ? '' : `.${guess}`}`,
    });
  })
  .describe('Whose clock on the wall counts, through every change of the clocks.');

const name = text('a name for the window', 80).optional().describe('What people read. Default: its times.');

const clockTime = (what: string, pattern: RegExp) => {
  const expected = expecting(`a time of day in quotes, such as "${what}"`);
  return z.string(expected).regex(pattern, expected);
};

/** Some days of each week, from one time of day to another. */
const weekly = z
  .strictObject({
    name,
    days: z
      .array(oneOf(weekdays), expecting('a list of days, for example [mon, tue]'))
      .min(1, expecting('at least one day, for example [mon, tue]'))
      .describe('Days of the week on which it begins.'),
    from: clockTime('09:00', /^(?:[01]\d|2[0-3]):[0-5]\d$/).describe('Time of day, for example "09:00".'),
    to: clockTime('16:00', /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/).describe(
      'Time of day, not included; "24:00" is midnight. Before or at `from`: that of the next day.',
    ),
    timeZone,
  })
  .superRefine(report(weeklyProblem))
  .meta({ title: 'days' });

const localTime = 'YYYY-MM-DD or YYYY-MM-DDTHH:MM';

const recurring = z
  .strictObject({
    name,
    rrule: text('an RRULE, for example FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=16', 500).describe(
      'When it begins: an RRULE of RFC 5545, on the clock of `timeZone`.',
    ),
    duration: duration({ from: '1m', to: '9000h' }).describe('How long it lasts, on that clock.'),
    start: z
      .string(expecting(`a time such as 2026-01-05T10:00`))
      .optional()
      .describe(
        `The first beginning (${localTime}): what INTERVAL and COUNT count from, and what the RRULE leaves open. Default: Monday, 1 January 2024, 00:00.`,
      ),
    timeZone,
  })
  .superRefine(report(rruleProblem))
  .meta({ title: 'rrule' });

const calendarExpected = expecting(aCalendarTime);

/** What does not even look like a date is another kind of window. */
const calendarTime = z
  .string(calendarExpected)
  .regex(/^\d{4}-\d\d-\d\d/, { ...calendarExpected, abort: true });

const calendar = z
  .strictObject({
    name,
    from: calendarTime.describe('The first day, or the time when it begins.'),
    to: calendarTime
      .optional()
      .describe('The last day, which is part of it, or the time when it ends. Absent: until further notice.'),
    timeZone: timeZone
      .optional()
      .describe('Whose clock counts. Needed for days, and for times without offset.'),
  })
  .superRefine(report(calendarProblem))
  .meta({ title: 'dates' });

export const windowEntrySchema = z.union([weekly, recurring, calendar], {
  error: ({ input }) =>
    `expected a mapping with days, from and to; or with rrule and duration; or with dates from and to, got ${show(input)}`,
});

const freezeName = z.string().regex(new RegExp(labelPattern));

const deniedSchema = z.union([freezeName, weekly, recurring, calendar], {
  error: ({ input }) =>
    `expected the name of one of the freezes, or a mapping with days, rrule or dates, got ${show(input)}`,
});

const entries = expecting('a list of windows');

export const windowsSchema = z
  .strictObject(
    {
      allow: z
        .array(windowEntrySchema, entries)
        .default([])
        .describe('Releases go in these times only. Empty: at any time that nothing denies.'),
      deny: z
        .array(deniedSchema, entries)
        .default([])
        .describe('No release goes in these times, whatever `allow` says: names of `freezes`, or windows.'),
      outside: oneOf(['wait', 'refuse'])
        .default('wait')
        .describe(
          'What a release does that comes at another time. One that has begun always waits for its next step.',
        ),
      override: permissionSchema
        .optional()
        .describe('Who may let a waiting release go all the same, with a reason. Absent: nobody.'),
    },
    expecting('a mapping with allow or deny'),
  )
  .describe('When releases may go. Absent: at any time.');

export const freezesSchema = z
  .record(z.string(), windowEntrySchema, expecting('a mapping of names'))
  .prefault({})
  .describe('Times in which no release goes, by a name that `windows.deny` of environments can use.');

export type WindowEntry = z.output<typeof windowEntrySchema>;
export type WindowsEntry = z.output<typeof windowsSchema>;

/** A problem is said where it is to be mended. */
function report<T>(problemOf: (entry: T) => WindowProblem | undefined) {
  return (entry: T, context: z.RefinementCtx<T>): void => {
    const problem = problemOf(entry);
    if (problem !== undefined)
      context.addIssue({ code: 'custom', path: [problem.at], message: problem.message });
  };
}
