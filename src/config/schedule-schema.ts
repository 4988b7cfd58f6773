/** `schedules`: releases that start by themselves. */
import { z } from 'zod';
import { normaliseVersion } from '../domain/version.ts';
import type { ScheduleSpec, ScheduleTimes, Weekday } from '../domain/schedule.ts';
import { expecting, oneOf } from './expecting.ts';
import { text } from './names.ts';
import { timeZone } from './window-schema.ts';
import { weekdays } from './window-times.ts';

const cronExpected = expecting(
  'a cron expression of five fields in quotes, for example "0 2 * * 1-5"',
  'The time zone is a key of its own.',
);
const field = String.raw`[A-Za-z0-9*,/?-]+`;
const dayOfMonth = expecting('a day of the month, 1 to 31');

const calendarSchema = z.strictObject(
  {
    at: z
      .string(expecting('a time of day in quotes, such as "02:00"'))
      .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, expecting('a time of day in quotes, such as "02:00"'))
      .describe('Time of day, for example "02:00".'),
    days: z
      .array(oneOf(weekdays), expecting('a list of days, for example [mon, tue]'))
      .min(1, expecting('at least one day, for example [mon, tue]'))
      .optional()
      .describe('Days of the week. Default: all.'),
    daysOfMonth: z
      .array(
        z.int(dayOfMonth).min(1, dayOfMonth).max(31, dayOfMonth),
        expecting('a list of days, for example [1, 15]'),
      )
      .min(1, expecting('at least one day, for example [1, 15]'))
      .optional()
      .describe('Days of the month. Default: all.'),
  },
  expecting('a mapping with at'),
);

export const scheduleSchema = z.strictObject(
  {
    service: text('the name of a service').describe('What is released.'),
    environment: text('the name of an environment').describe('Where.'),
    version: text('a version as text', 128, 'Put it in quotes: YAML reads 4.10 as the number 4.1.')
      .optional()
      .describe('This version, for example the tag "nightly". Else `versionFrom`.'),
    versionFrom: z
      .strictObject(
        {
          verifiedIn: text('the name of an environment').describe(
            'The newest version that was verified there and not rolled back from since.',
          ),
        },
        expecting('a mapping with verifiedIn'),
      )
      .optional()
      .describe('Instead of a version: where it comes from, looked up when the release starts.'),
    cron: z
      .string(cronExpected)
      .regex(new RegExp(`^${field}(?: ${field}){4}$`), cronExpected)
      .optional()
      .describe('When, as minute, hour, day of the month, month and day of the week. Else `calendar`.'),
    calendar: calendarSchema.optional().describe('When, as a time of day on some days.'),
    timeZone,
    paused: z
      .boolean(expecting('true or false'))
      .optional()
      .describe('Absent: as people leave it in Temporal.'),
    strategy: oneOf(['standard', 'canary', 'blueGreen'])
      .optional()
      .describe("Default: the environment's own."),
    whenHeld: oneOf(['reject', 'wait', 'supersede'])
      .optional()
      .describe("What happens when another release holds the target. Default: the environment's own."),
  },
  expecting('a mapping with service, environment, version or versionFrom, cron or calendar, and timeZone'),
);

export type ScheduleEntry = z.output<typeof scheduleSchema>;

const longNames: Readonly<Record<(typeof weekdays)[number], Weekday>> = {
  mon: 'MONDAY',
  tue: 'TUESDAY',
  wed: 'WEDNESDAY',
  thu: 'THURSDAY',
  fri: 'FRIDAY',
  sat: 'SATURDAY',
  sun: 'SUNDAY',
};

export function toSchedule(name: string, entry: ScheduleEntry): ScheduleSpec {
  const { service, environment, version, versionFrom, paused, strategy, whenHeld } = entry;
  return {
    name,
    service,
    environment,
    ...(version === undefined ? {} : { version: normaliseVersion(version) }),
    ...(versionFrom === undefined ? {} : { verifiedIn: versionFrom.verifiedIn }),
    times: toTimes(entry),
    timeZone: entry.timeZone,
    ...(paused === undefined ? {} : { paused }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(whenHeld === undefined ? {} : { whenHeld }),
  };
}

/** The cross-checks saw to it that one of them is there. */
function toTimes({ cron, calendar }: ScheduleEntry): ScheduleTimes {
  if (calendar === undefined) return { kind: 'cron', cron: cron ?? '' };
  const [hour = 0, minute = 0] = calendar.at.split(':').map(Number);
  return {
    kind: 'calendar',
    hour,
    minute,
    ...(calendar.days === undefined ? {} : { daysOfWeek: calendar.days.map((day) => longNames[day]) }),
    ...(calendar.daysOfMonth === undefined ? {} : { daysOfMonth: calendar.daysOfMonth }),
  };
}
