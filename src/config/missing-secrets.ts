/** What fairway.yaml asks for and a control worker cannot do for want of a secret. */
import type { Target } from '../domain/target.ts';
import type { Configuration } from './configuration.ts';
import type { SecretVariable } from './environment-variables.ts';
import type { Secrets } from './secrets.ts';

interface Need {
  readonly variable: SecretVariable;
  readonly secret: keyof Secrets;
  /** Keys of an environment in fairway.yaml. */
  readonly part: string;
  readonly asks: (target: Target) => boolean;
  readonly otherwise: string;
}

const needs: readonly Need[] = [
  {
    ...{ variable: 'FAIRWAY_PAGERDUTY_ROUTING_KEY', secret: 'pagerdutyRoutingKey', part: 'paging' },
    asks: ({ environment }) => environment.paging !== undefined,
    otherwise: 'nobody is woken when a release goes wrong',
  },
  {
    ...{ variable: 'FAIRWAY_GITHUB_TOKEN', secret: 'github', part: 'incidents.ticket' },
    asks: ({ environment }) => environment.incidents?.ticket !== undefined,
    otherwise: 'no ticket is opened when a release goes wrong',
  },
  {
    ...{ variable: 'FAIRWAY_WEBHOOK_SECRET', secret: 'webhook', part: 'incidents.webhook' },
    asks: ({ environment }) => environment.incidents?.webhook !== undefined,
    otherwise: 'the web hook is not called when a release goes wrong',
  },
  {
    ...{ variable: 'SLACK_BOT_TOKEN', secret: 'slack', part: 'slackChannel' },
    asks: ({ environment }) => environment.slackChannel !== undefined,
    otherwise: 'messages are lines of this log, and nobody sees them in Slack',
  },
  {
    ...{ variable: 'FAIRWAY_GITHUB_TOKEN', secret: 'github', part: 'checklist' },
    asks: provenBy('releaseNotes', 'changelog', 'checks'),
    otherwise: 'the code host shows public repositories only, and answers few questions',
  },
  {
    ...{ variable: 'FAIRWAY_PAGERDUTY_TOKEN', secret: 'pagerduty', part: 'checklist' },
    asks: provenBy('onCall'),
    otherwise: 'nobody is asked who is on call, and a person has to attest it',
  },
];

/** A line for each need, with the environments that have it; empty when all is there. */
export function missingSecrets(configuration: Configuration, secrets: Secrets): readonly string[] {
  const { environments, services } = configuration;
  return needs.flatMap(({ variable, secret, part, asks, otherwise }) => {
    if (secrets[secret] !== undefined) return [];
    const asking = environments
      .map(({ name }) => name)
      .filter((environment) =>
        services.some((service) => asks(configuration.resolveTarget({ service, environment }))),
      );
    if (asking.length === 0) return [];
    return [
      `${variable} is not set, and ${part} of ${asking.join(', ')} needs it: ${otherwise}. ` +
        'Give it to the control worker and restart it.',
    ];
  });
}

type ProvenBy = Target['environment']['checklist'][number]['proof']['by'];

function provenBy(...kinds: readonly ProvenBy[]): Need['asks'] {
  return ({ environment }) => environment.checklist.some(({ proof }) => kinds.includes(proof.by));
}
