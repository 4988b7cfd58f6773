/** How canary and blue/green deployments of a service go. */
import { z } from 'zod';
import { weightsProblem } from '../domain/canary-steps.ts';
import { defaultBakeSeconds, defaultFullBakeSeconds, maxCanarySteps } from '../domain/defaults.ts';
import { duration } from './duration.ts';
import { expecting, oneOfMessage } from './expecting.ts';
import { imageReference, portNumber, text, variableName } from './names.ts';

const percent = expecting('a whole number of percent from 1 to 100');
const flag = z.boolean(expecting('true or false'));
const someSteps = expecting(`a list of 1 to ${maxCanarySteps} steps`);

const stepSchema = z.strictObject(
  {
    weight: z
      .int(percent)
      .min(1, percent)
      .max(100, percent)
      .describe('Percent of the traffic, as the share of pods that comes nearest.'),
    bake: duration({ from: '0s', to: '24h' })
      .optional()
      .describe(
        `How long the step is watched. Default: ${defaultBakeSeconds / 60}m, and ${defaultFullBakeSeconds / 60}m at weight 100.`,
      ),
    gate: flag.default(false).describe('A person must `promote` before the next step.'),
  },
  expecting('a mapping with a weight'),
);

export const canarySchema = z
  .strictObject(
    {
      steps: z
        .array(stepSchema, someSteps)
        .min(1, { ...someSteps, abort: true })
        .max(maxCanarySteps, someSteps)
        .superRefine((steps, context) => {
          const problem = weightsProblem(steps.map(({ weight }) => weight));
          if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
        })
        .describe('In order, with rising weights; the last one is 100.'),
    },
    expecting('a mapping with steps'),
  )
  .describe('Steps of a canary deployment. Default: 10, 30, 50 and 100 percent.');

const smokeTestBase = {
  name: text('a name for the smoke test').describe('What people read. Unique within the service.'),
  command: z
    .array(text('a program or an argument', 1_000), expecting('a list of a program and its arguments'))
    .min(1, expecting('a list of a program and its arguments'))
    .describe('Program and arguments; no shell is used.'),
  baseUrlVariable: variableName
    .default('BASE_URL')
    .describe('Environment variable that gets the base URL of a green pod.'),
  port: portNumber.optional().describe("Port of the container. Default: the verification's own `port`."),
  timeout: duration({ from: '1s', to: '2h' }).prefault('5m').describe('The whole test.'),
};

const commandTest = z
  .strictObject({ kind: z.literal('command'), ...smokeTestBase })
  .describe('A program on the machine of the worker, against a forwarded port.');

const jobTest = z
  .strictObject({
    kind: z.literal('job'),
    ...smokeTestBase,
    image: imageReference.describe('Image that holds the program.'),
  })
  .describe("A Kubernetes Job in the service's namespace, against a green pod's address.");

export const smokeTestSchema = z.discriminatedUnion('kind', [commandTest, jobTest], {
  error: ({ input }) =>
    oneOfMessage((input as { kind?: unknown } | undefined)?.kind, ['command', 'job'] as const),
});

export const blueGreenSchema = z
  .strictObject(
    {
      smokeTests: z
        .array(smokeTestSchema, expecting('a list of smoke tests'))
        .default([])
        .describe(
          "What is run against green before it gets traffic, besides the verification's HTTP checks.",
        ),
      gate: flag.default(false).describe('A person must `promote` before the Service is switched.'),
      monitor: duration({ from: '0s', to: '24h' })
        .prefault('10m')
        .describe('How long green is watched after the switch.'),
      keep: duration({ from: '30s', to: '24h' })
        .prefault('30s')
        .describe('How long the old pods stay after the Service has left them; kube-proxy needs about 30 s.'),
    },
    expecting('a mapping'),
  )
  .describe('How a blue/green deployment goes.');

export type CanaryEntry = z.output<typeof canarySchema>;
export type BlueGreenEntry = z.output<typeof blueGreenSchema>;
