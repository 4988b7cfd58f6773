import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';
import { optional } from '../../domain/fields.ts';
import type { Http } from '../http.ts';
import type { GithubPort } from '../github-client.ts';
import { openIssue } from './github-issues.ts';
import type { IncidentActivities } from './types.ts';
import { callSigned } from './webhook.ts';

export interface IncidentDeps {
  /** Absent: this worker has no token. */
  readonly github?: GithubPort | undefined;
  /** Address of an environment's web hook. */
  readonly webhookOf: (environment: string) => string | undefined;
  /** Web hooks are signed with it. */
  readonly webhookSecret?: string | undefined;
  readonly http: Http;
  /** Milliseconds for one call of a web hook. */
  readonly timeout?: number;
}

export function createIncidentActivities(deps: IncidentDeps): IncidentActivities {
  const { github, webhookSecret: secret, http, timeout } = deps;
  return {
    openTicket: async (input) => {
      if (github === undefined)
        throw withoutSecret('open a ticket', 'FAIRWAY_GITHUB_TOKEN', 'a token that may write issues');
      return openIssue(github, input, Context.current().cancellationSignal);
    },
    callWebhook: async (input) => {
      if (secret === undefined)
        throw withoutSecret(
          'call the web hook',
          'FAIRWAY_WEBHOOK_SECRET',
          'the secret that its receiver checks signatures with',
        );
      const url = input.url ?? deps.webhookOf(input.incident.status.environment);
      if (url === undefined) throw withoutWebhook(input.incident.status.environment);
      const signal = Context.current().cancellationSignal;
      return callSigned({ http, url, secret, signal, ...optional('timeout', timeout) }, input);
    },
  };
}

function withoutWebhook(environment: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `This worker's fairway.yaml has no web hook for ${environment} any more. Put its address back into environments.${environment}.incidents.webhook.url, or tell its receiver yourself.`,
    failureTypes.incidentRejected,
  );
}

function withoutSecret(doing: string, variable: string, what: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `This worker cannot ${doing}: ${variable} is not set. Put ${what} into it and restart the worker.`,
    failureTypes.incidentRejected,
  );
}
