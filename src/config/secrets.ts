/** The only secrets that Fairway itself is given, read from the environment in one place. */
import type { SecretVariable } from './environment-variables.ts';

export interface Secrets {
  /** Absent: messages are logged instead of posted. */
  readonly slack?: { readonly token: string; readonly apiUrl?: string };
  /** Token of the code host; absent: it is asked without one, and shows public repositories only. */
  readonly github?: string;
  /** Token of the on-call system; absent: it is not asked. */
  readonly pagerduty?: string;
  /** Integration key of the paging service; absent: nobody is woken, and it is logged. */
  readonly pagerdutyRoutingKey?: string;
  /** Web hooks are signed with it; absent: none is called. */
  readonly webhook?: string;
  /** Of the users that services name for their chart repositories. */
  readonly helmRepository?: string;
}

/** Temporal's own variables are read by its SDK. */
export function readSecrets(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Secrets {
  const given = (name: SecretVariable): string | undefined => environment[name]?.trim() || undefined;
  const token = given('SLACK_BOT_TOKEN');
  const apiUrl = given('SLACK_API_URL');
  const github = given('FAIRWAY_GITHUB_TOKEN');
  const pagerduty = given('FAIRWAY_PAGERDUTY_TOKEN');
  const pagerdutyRoutingKey = given('FAIRWAY_PAGERDUTY_ROUTING_KEY');
  const webhook = given('FAIRWAY_WEBHOOK_SECRET');
  const helmRepository = given('FAIRWAY_HELM_REPOSITORY_PASSWORD');
  return {
    ...(token === undefined ? {} : { slack: { token, ...(apiUrl === undefined ? {} : { apiUrl }) } }),
    ...(github === undefined ? {} : { github }),
    ...(pagerduty === undefined ? {} : { pagerduty }),
    ...(pagerdutyRoutingKey === undefined ? {} : { pagerdutyRoutingKey }),
    ...(webhook === undefined ? {} : { webhook }),
    ...(helmRepository === undefined ? {} : { helmRepository }),
  };
}
