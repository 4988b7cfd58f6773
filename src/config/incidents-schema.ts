/** `incidents` of an environment: what is written down after a release went wrong. */
import { z } from 'zod';
import type { IncidentPolicy } from '../domain/incident.ts';
import { expecting, oneOf } from './expecting.ts';
import { apiUrl, text } from './names.ts';

const link = text('the address of a page', 2_000).regex(
  /^https?:\/\/\S+$/,
  expecting('the address of a page, starting with https://'),
);
const placeholders =
  '{{service}}, {{environment}}, {{namespace}}, {{deployment}}, {{from}} and {{to}} (milliseconds since 1970)';

export const incidentsSchema = z
  .strictObject(
    {
      severity: text('a severity, for example SEV2', 50)
        .default('SEV2')
        .describe("As the team's own scale words it."),
      ticket: z
        .strictObject(
          {
            kind: oneOf(['github']).describe('An issue at the `codeHost`; the only one so far.'),
            owner: text('the owner of the repository', 100).describe('User or organisation.'),
            repository: text('the name of the repository', 100).describe('Where the issue is opened.'),
            labels: z
              .array(text('a label', 50), expecting('a list of labels'))
              .default(['incident'])
              .describe('Labels of the issue.'),
            assignees: z
              .array(text('a user name', 100), expecting('a list of user names'))
              .default([])
              .describe('Who is asked to look.'),
          },
          expecting('a mapping with kind, owner and repository'),
        )
        .optional()
        .describe('Where a ticket is opened. Its token is `FAIRWAY_GITHUB_TOKEN`. Absent: none is.'),
      webhook: z
        .strictObject(
          { url: apiUrl('https://hooks.example.com/fairway').describe('Where it is posted.') },
          expecting('a mapping with a url'),
        )
        .optional()
        .describe('Posted as JSON, signed with `FAIRWAY_WEBHOOK_SECRET`. Absent: nothing is.'),
      postMortem: z
        .boolean(expecting('true or false'))
        .default(false)
        .describe("The ticket holds a post-mortem's draft, with its timeline."),
      logsUrl: link.optional().describe(`Where people find the service's logs; with ${placeholders}.`),
      metricsUrl: link.optional().describe(`Where people find the service's metrics; with ${placeholders}.`),
    },
    expecting('a mapping'),
  )
  .describe('What is written down after a release was rolled back or could not be. Absent: nothing.');

type IncidentsEntry = z.output<typeof incidentsSchema>;

export function toIncidents(entry: IncidentsEntry): IncidentPolicy {
  const { severity, ticket, webhook, postMortem, logsUrl, metricsUrl } = entry;
  return {
    severity,
    postMortem,
    ...(ticket === undefined
      ? {}
      : {
          ticket: {
            owner: ticket.owner,
            repository: ticket.repository,
            labels: ticket.labels,
            assignees: ticket.assignees,
          },
        }),
    ...(webhook === undefined ? {} : { webhook }),
    ...(logsUrl === undefined ? {} : { logsUrl }),
    ...(metricsUrl === undefined ? {} : { metricsUrl }),
  };
}
