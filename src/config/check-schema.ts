/** One entry of `verification.checks`: the name of a built-in check, or a check spelled out. */
import { z } from 'zod';
import { builtInCheckNames } from './built-in-checks.ts';
import { duration } from './duration.ts';
import { expecting, oneOf, oneOfMessage } from './expecting.ts';
import { dottedPath, pattern, portNumber, text, urlPath } from './names.ts';

const name = text('a name for the check').describe('What people read. Unique within the service.');
const severity = oneOf(['required', 'advisory']).describe(
  'A required check that does not pass fails the verification; an advisory one is reported.',
);
const status = z
  .int(expecting('an HTTP status code between 100 and 599'))
  .min(100, expecting('an HTTP status code between 100 and 599'))
  .max(599, expecting('an HTTP status code between 100 and 599'));
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], expecting('a single value'));
const timeout = duration({ from: '1s', to: '5m' });

const httpCheck = z
  .strictObject({
    kind: z.literal('http'),
    name: name.optional().describe('What people read. Default: method and path.'),
    severity: severity.default('required'),
    port: portNumber.optional().describe("Port of the container. Default: the verification's own `port`."),
    path: urlPath.describe('What is requested of every pod.'),
    method: oneOf(['GET', 'HEAD']).default('GET'),
    expectStatus: z
      .array(status, expecting('a list of status codes'))
      .min(1, expecting('at least one status code'))
      .default([200])
      .describe('Status codes that count as an answer.'),
    expectJson: z
      .record(dottedPath('status'), scalar, expecting('a mapping of fields to values'))
      .optional()
      .describe('Fields of the JSON answer compared by value, keyed by dotted path.'),
    expectBody: pattern()
      .optional()
      .describe("A regular expression (RE2's syntax) that the body must match."),
    whenUnsupported: oneOf(['fail', 'inconclusive', 'warn'])
      .default('fail')
      .describe('What a 404 means: the version does not serve this endpoint.'),
    timeout: timeout.prefault('5s').describe('How long one request may take.'),
  })
  .describe('An HTTP request to every pod.');

const logsCheck = z
  .strictObject({
    kind: z.literal('logs'),
    name: name.default('error logs'),
    severity: severity.default('advisory'),
    pattern: pattern()
      .default('error|exception|fatal')
      .describe("Regular expression (RE2's syntax), matched line by line, upper and lower case alike."),
    limit: z
      .int(expecting('a whole number of lines, 0 or more'))
      .min(0, expecting('a whole number of lines, 0 or more'))
      .default(10)
      .describe('More matching lines than this, over all pods, is too many.'),
    window: duration({ from: '1s', to: '24h' }).prefault('5m').describe('How far back the logs are read.'),
  })
  .describe('How many lines of the recent logs match a pattern.');

const imageCheck = z
  .strictObject({
    kind: z.literal('image'),
    name: name.default('deployed version'),
    severity: severity.default('required'),
    reported: z
      .strictObject({
        port: portNumber
          .optional()
          .describe("Port of the container. Default: the verification's own `port`."),
        path: urlPath,
        field: dottedPath('version').describe('Dotted path of the JSON field that holds the version.'),
      })
      .optional()
      .describe('Where the server itself says its version.'),
  })
  .describe('Every pod runs the expected image and, where the server reports its version, that version.');

const replicasCheck = z
  .strictObject({
    kind: z.literal('replicas'),
    name: name.default('deployment replicas'),
    severity: severity.default('required'),
  })
  .describe('As many replicas are ready as are wanted.');

const podsCheck = z
  .strictObject({
    kind: z.literal('pods'),
    name: name.default('pods running'),
    severity: severity.default('required'),
  })
  .describe("The Deployment's own pods are running and ready.");

const alertsCheck = z
  .strictObject({
    kind: z.literal('alerts'),
    name: name.default('alerts'),
    severity: severity.default('required'),
  })
  .describe(
    "None of the service's `alerts` fires: none at all, and in a release none that began with it. Made where the environment names an `alertmanager`.",
  );

const kinds = ['replicas', 'pods', 'http', 'logs', 'image', 'alerts'] as const;

export const spelledOutCheckSchema = z.discriminatedUnion(
  'kind',
  [replicasCheck, podsCheck, httpCheck, logsCheck, imageCheck, alertsCheck],
  { error: ({ input }) => oneOfMessage((input as { kind?: unknown } | undefined)?.kind, kinds) },
);

/** As the file writes it: what has a default may be left out. */
export type SpelledOutCheck = z.input<typeof spelledOutCheckSchema>;

export const checkSchema = z.union([z.enum(builtInCheckNames), spelledOutCheckSchema], {
  error: ({ input }) => oneOfMessage(input, builtInCheckNames, ', or a mapping with a kind'),
});

export type CheckEntry = z.output<typeof checkSchema>;
