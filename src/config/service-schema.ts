/** One entry of `services`. */
import { z } from 'zod';
import { alertsSchema } from './alerts-schema.ts';
import { analysisSchema } from './analysis-schema.ts';
import { checkSchema } from './check-schema.ts';
import { repositorySchema } from './checklist-schema.ts';
import { duration } from './duration.ts';
import { expecting, oneOf } from './expecting.ts';
import {
  dottedPath,
  helmReleaseName,
  imageRepository,
  labelName,
  portNumber,
  subdomainName,
  text,
} from './names.ts';
import { blueGreenSchema, canarySchema } from './strategy-schema.ts';

const chartRepository = expecting(
  'the URL of a chart repository, starting with https:// and without a user, password or query',
  'For one that asks for a login give repositoryUser, and the worker FAIRWAY_HELM_REPOSITORY_PASSWORD.',
);
const repositoryUser = expecting("a user's name without spaces and colons");

const helmSchema = z
  .strictObject(
    {
      release: helmReleaseName.optional().describe("Name of the Helm release. Default: the service's key."),
      chart: text('a chart: a path, oci://…, or a name when repository is given', 1_000)
        .regex(
          /^(?!\w+:\/\/[^/]*@)/,
          expecting('a chart without a user or password', 'Use helm registry login.'),
        )
        .describe('A path (relative to this file), `oci://…`, or a chart name when `repository` is given.'),
      repository: z
        .string(chartRepository)
        .regex(/^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/, chartRepository)
        .optional()
        .describe('URL of a chart repository.'),
      repositoryUser: z
        .string(repositoryUser)
        .regex(/^[^\s:-][^\s:]{0,199}$/, repositoryUser)
        .optional()
        .describe(
          'Who logs in to the chart repository, with the password in `FAIRWAY_HELM_REPOSITORY_PASSWORD`. Absent: nobody.',
        ),
      version: text('a chart version as text', 100, 'Put it in quotes: YAML reads 1.10 as the number 1.1.')
        .optional()
        .describe('Chart version. Default: the newest, or what the path holds.'),
      imageTagValue: dottedPath('image.tag')
        .default('image.tag')
        .describe('Dotted path of the value that holds the image tag.'),
    },
    expecting('a mapping'),
  )
  .describe('Present when the service is installed by Helm.');

const verificationSchema = z.strictObject(
  {
    reach: oneOf(['portForward', 'proxy', 'exec'])
      .default('portForward')
      .describe('How requests reach a pod through the API server.'),
    port: portNumber.optional().describe('Port of the container for checks that name none.'),
    checks: z
      .array(checkSchema, expecting('a list of checks'))
      .min(1, expecting('at least one check', 'Leave checks out to get the built-in ones.'))
      .optional()
      .describe(
        'Default: replicas, pods, health, ready, database, logs, image when `port` is given; replicas, pods, logs, image otherwise.',
      ),
  },
  expecting('a mapping'),
);

const timeoutsSchema = z.strictObject(
  {
    helm: duration({ from: '10s', to: '2h' }).prefault('10m').describe('One helm command.'),
    rollout: duration({ from: '10s', to: '6h' }).prefault('5m').describe('The whole rollout.'),
    verification: duration({ from: '10s', to: '1h' }).prefault('2m').describe('All checks together.'),
  },
  expecting('a mapping'),
);

export const serviceSchema = z.strictObject(
  {
    displayName: text('a name', 80)
      .optional()
      .describe("The name that people read. Default: the service's key."),
    deployment: subdomainName('Deployment')
      .optional()
      .describe("Name of the Deployment. Default: the service's key."),
    container: labelName('container')
      .optional()
      .describe("Name of the container that carries the version. Default: the service's key."),
    image: imageRepository.describe('Image repository without tag or digest.'),
    kubernetesService: labelName('Service')
      .optional()
      .describe('Name of the Service that sends traffic to the pods. Default: the name of the Deployment.'),
    repository: repositorySchema.optional(),
    update: oneOf(['image', 'helm'])
      .optional()
      .describe(
        'How a new version reaches the Deployment. Default: helm when there is a `helm` part, image otherwise.',
      ),
    helm: helmSchema.optional(),
    verification: verificationSchema.prefault({}).describe('What is checked after a release.'),
    canary: canarySchema.optional(),
    blueGreen: blueGreenSchema.optional(),
    analysis: analysisSchema.optional(),
    alerts: alertsSchema.optional(),
    timeouts: timeoutsSchema.prefault({}).describe('How long each part may take.'),
    environments: z
      .record(
        z.string(),
        z.strictObject({ namespace: labelName('namespace').optional() }, expecting('a mapping')),
        expecting('a mapping of environment names'),
      )
      .prefault({})
      .describe('Where this service differs from the environment: its namespace.'),
  },
  expecting('a mapping with at least an image'),
);

export type ServiceEntry = z.output<typeof serviceSchema>;
