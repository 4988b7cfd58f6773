/** How a new version is compared with the old one, beside it and in the same window. */
import { z } from 'zod';
import { queryProblem } from '../domain/analysis-query.ts';
import {
  defaultAnalysis,
  defaultMinimumEvents,
  defaultMinimumSamples,
  defaultTolerance,
} from '../domain/defaults.ts';
import { expecting, oneOf, oneOfMessage } from './expecting.ts';
import { pattern, text } from './names.ts';

const positive = expecting('a number above 0');
const share = expecting('a number, 0 or more (0.25 is 25 %)');

function count(what: string) {
  const expected = expecting(`a whole number of ${what}, 1 or more`);
  return z.int(expected).min(1, expected);
}

function query(what: string) {
  return text('a PromQL query', 4_000)
    .superRefine((written, context) => {
      const problem = queryProblem(written);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .describe(
      `${what}. PromQL with \`{{pods}}\` (a regular expression), \`{{track}}\`, \`{{deployment}}\`, \`{{namespace}}\`, \`{{service}}\` and \`{{window}}\`.`,
    );
}

const metricBase = {
  name: text('a name for the metric').describe('What people read. Unique within the service.'),
  tolerance: z
    .number(share)
    .min(0, share)
    .default(defaultTolerance)
    .describe(
      'How much worse than the old version still passes, on top of what chance explains (0.25: 25 %).',
    ),
  critical: z
    .boolean(expecting('true or false'))
    .default(false)
    .describe('When it fails, the whole analysis fails.'),
};

const ratioMetric = z
  .strictObject({
    kind: z.literal('ratio'),
    ...metricBase,
    failed: query('Count of failed events in the window'),
    total: query('Count of all events in the window'),
    limit: z
      .number(expecting('a share above 0 and at most 1'))
      .gt(0, expecting('a share above 0 and at most 1'))
      .max(1, expecting('a share above 0 and at most 1'))
      .optional()
      .describe('A higher share fails, whatever the old version does (0.01: 1 %).'),
    minimumEvents: count('events')
      .default(defaultMinimumEvents)
      .describe('Fewer events than this on the new version are inconclusive.'),
  })
  .describe('The share of events that failed.');

const distributionMetric = z
  .strictObject({
    kind: z.literal('distribution'),
    ...metricBase,
    query: query('A value over time, for example p95 latency in seconds'),
    worse: oneOf(['higher', 'lower']).default('higher').describe('Which direction is worse.'),
    limit: z
      .number(positive)
      .gt(0, positive)
      .optional()
      .describe('A median beyond it fails, whatever the old version does.'),
    minimumSamples: count('samples')
      .default(defaultMinimumSamples)
      .describe('Fewer samples than this on either side are inconclusive.'),
  })
  .describe('A value that goes up and down, compared by its samples.');

export const metricSchema = z.discriminatedUnion('kind', [ratioMetric, distributionMetric], {
  error: ({ input }) =>
    oneOfMessage((input as { kind?: unknown } | undefined)?.kind, ['ratio', 'distribution'] as const),
});

const lines = expecting('a whole number of lines, 0 or more');
const restarts = expecting('a whole number of restarts, 0 or more');

export const analysisSchema = z
  .strictObject(
    {
      metrics: z
        .array(metricSchema, expecting('a list of metrics'))
        .default([])
        .describe("What is asked of the environment's `prometheus`."),
      maxRestarts: z
        .int(restarts)
        .min(0, restarts)
        .default(defaultAnalysis.maxRestarts)
        .describe("Restarts of the new version's containers that still pass."),
      errorLogs: z
        .strictObject(
          {
            pattern: pattern()
              .default(defaultAnalysis.errorLogs?.pattern ?? '')
              .describe(
                "Regular expression (RE2's syntax), matched line by line, upper and lower case alike.",
              ),
            limit: z
              .int(lines)
              .min(0, lines)
              .default(defaultAnalysis.errorLogs?.limit ?? 0)
              .describe('More matching lines than this, over all new pods, fail.'),
          },
          expecting('a mapping'),
        )
        .prefault({})
        .describe("Error lines in the new version's logs."),
      whenInconclusive: oneOf(['extend', 'ask', 'rollBack'])
        .default(defaultAnalysis.whenInconclusive)
        .describe('What too little data leads to: watch once more, ask a person, or roll back.'),
    },
    expecting('a mapping'),
  )
  .describe('What is judged while a canary or green is watched.');

export type AnalysisEntry = z.output<typeof analysisSchema>;
