import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';
import type { Http } from '../http.ts';
import type { GithubPort } from '../github-client.ts';
import { openIssue } from './github-issues.ts';
import type { IncidentActivities } from './types.ts';
import { callSigned } from './webhook.ts';

export interface IncidentDeps {
  /** Absent: this worker has no token. */
  readonly github?: GithubPort | undefined;
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
      const signal = Context.current().cancellationSignal;
      return callSigned({ http, secret, signal, ...(timeout === undefined ? {} : { timeout }) }, input);
    },
  };
}

function withoutSecret(doing: string, variable: string, what: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `This worker cannot ${doing}: ${variable} is not set. Put ${what} into it and restart the worker.`,
    failureTypes.incidentRejected,
  );
}
