/** `incidents` of an environment: what is written down after a release went wrong. */
import { z } from 'zod';
import type { IncidentPolicy } from '../domain/incident.ts';
import { linkPlaceholders, unknownPlaceholders } from '../domain/links.ts';
import { didYouMean } from './did-you-mean.ts';
import { expecting, oneOf } from './expecting.ts';
import { text } from './names.ts';

const link = (() => {
  const expected = expecting('the address of a page, starting with https:// and without a user or password');
  return z
    .string(expected)
    .max(2_000, expected)
    .regex(/^https?:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/, expected)
    .superRefine((template, context) => {
      for (const name of unknownPlaceholders(template)) {
        const known = linkPlaceholders.map((one) => `{{${one}}}`).join(', ');
        context.addIssue({
          code: 'custom',
          message: `{{${name}}} is no placeholder.${didYouMean(name, linkPlaceholders)} Known here: ${known}.`,
        });
      }
    });
})();

const webhook = expecting(
  'the address of a web hook, for example https://hooks.example.com/fairway, without a user or password',
);
const owner = expecting('a user or organisation, for example example-org');
const repository = expecting('the name of a repository without its owner, for example incidents');
const userName = expecting('a user name without @, for example octocat');
const placeholders =
  '{{service}}, {{environment}}, {{namespace}}, {{deployment}}, {{from}} and {{to}} (milliseconds since 1970)';

const severity = () => text('a severity, for example SEV2', 50);

export const incidentsSchema = z
  .strictObject(
    {
      severity: severity().default('SEV2').describe("As the team's own scale words it."),
      severities: z
        .strictObject(
          {
            rolledBack: severity()
              .optional()
              .describe('Of a release that was put back, and of a rollback that somebody asked for.'),
            rollbackFailed: severity()
              .optional()
              .describe('Of one that could not be put back: a person must do something.'),
            failed: severity()
              .optional()
              .describe('Of one that failed and was left as somebody else had changed it.'),
          },
          expecting('a mapping of outcomes, for example { rollbackFailed: SEV1 }'),
        )
        .optional()
        .describe('In place of `severity`, by how it ended.'),
      ticket: z
        .strictObject(
          {
            kind: oneOf(['github']).describe('An issue at the `codeHost`; the only one so far.'),
            owner: z
              .string(owner)
              .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, owner)
              .describe('User or organisation.'),
            repository: z
              .string(repository)
              .regex(/^[A-Za-z0-9._-]{1,100}$/, repository)
              .describe('Where the issue is opened.'),
            labels: z
              .array(text('a label', 50), expecting('a list of labels'))
              .default(['incident'])
              .describe('Labels of the issue.'),
            assignees: z
              .array(
                z.string(userName).regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}(?:\[bot\])?$/, userName),
                expecting('a list of user names'),
              )
              .max(10, expecting('at most 10 user names', 'GitHub assigns no more.'))
              .default([])
              .describe('Who is asked to look.'),
          },
          expecting('a mapping with kind, owner and repository'),
        )
        .optional()
        .describe('Where a ticket is opened, with `FAIRWAY_GITHUB_TOKEN`. Absent: nowhere.'),
      webhook: z
        .strictObject(
          {
            url: z
              .string(webhook)
              .max(2_000, webhook)
              .regex(/^https?:\/\/[^\s/?#@]+(?:[/?][^\s#]*)?$/, webhook)
              .describe('Where it is posted.'),
          },
          expecting('a mapping with a url'),
        )
        .optional()
        .describe('Posted as JSON, signed with `FAIRWAY_WEBHOOK_SECRET`. Absent: nothing is.'),
      postMortem: z
        .boolean(expecting('true or false'))
        .default(false)
        .describe("Ticket and web hook hold a post-mortem's draft, with its timeline."),
      logsUrl: link.optional().describe(`Where people find the service's logs; with ${placeholders}.`),
      metricsUrl: link.optional().describe(`Where people find the service's metrics; with ${placeholders}.`),
    },
    expecting('a mapping'),
  )
  .describe('What is written down after a release was rolled back or could not be. Absent: nothing.');

type IncidentsEntry = z.output<typeof incidentsSchema>;

export function toIncidents(entry: IncidentsEntry): IncidentPolicy {
  const { severity, severities, ticket, webhook, postMortem, logsUrl, metricsUrl } = entry;
  return {
    severity,
    ...(severities === undefined ? {} : { severities }),
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
    ...(webhook === undefined ? {} : { webhook: { host: new URL(webhook.url).host } }),
    ...(logsUrl === undefined ? {} : { logsUrl }),
    ...(metricsUrl === undefined ? {} : { metricsUrl }),
  };
}
