/** The whole of `fairway.yaml`. */
import { z } from 'zod';
import { codeHostSchema, onCallSchema } from './checklist-schema.ts';
import { environmentSchema } from './environment-schema.ts';
import { expecting } from './expecting.ts';
import { groupsSchema } from './groups-schema.ts';
import { apiUrl, labelPattern, text } from './names.ts';
import { scheduleSchema } from './schedule-schema.ts';
import { serviceSchema } from './service-schema.ts';
import { freezesSchema } from './window-schema.ts';

/** For editors only: a wrong key is reported by `crossChecks`, so that its value is still looked at. */
const keys = { propertyNames: { type: 'string' as const, pattern: labelPattern, maxLength: 63 } };

export const configurationSchema = z.strictObject(
  {
    temporal: z
      .strictObject(
        {
          taskQueue: text('the name of a task queue')
            .default('fairway')
            .describe('Task queue of the control worker, where releases are started.'),
          ui: apiUrl('https://temporal.example.com')
            .optional()
            .describe(
              "Base URL of Temporal's UI as people reach it, for links to runs in tickets and pages. Absent: there are none.",
            ),
        },
        expecting('a mapping'),
      )
      .prefault({}),
    codeHost: codeHostSchema.optional(),
    onCall: onCallSchema.optional(),
    environments: z
      .record(z.string(), environmentSchema, expecting('a mapping of environment names'))
      .describe('Where services run: a cluster and what is agreed for it.')
      .meta(keys),
    groups: groupsSchema.meta(keys),
    freezes: freezesSchema.meta(keys),
    services: z
      .record(z.string(), serviceSchema, expecting('a mapping of service names'))
      .describe('What is released.')
      .meta(keys),
    schedules: z
      .record(z.string(), scheduleSchema, expecting('a mapping of schedule names'))
      .prefault({})
      .describe('Releases that start by themselves, kept as Temporal Schedules by the control worker.')
      .meta(keys),
  },
  expecting('a mapping with environments and services'),
);

export type ConfigurationFile = z.output<typeof configurationSchema>;
