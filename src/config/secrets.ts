/** The only secrets that Fairway itself is given, read from the environment in one place. */

export interface Secrets {
  /** Absent: messages are logged instead of posted. */
  readonly slack?: { readonly token: string; readonly apiUrl?: string };
  /** Token of the code host; absent: it is asked without one, and shows public repositories only. */
  readonly github?: string;
  /** Token of the on-call system; absent: it is not asked. */
  readonly pagerduty?: string;
}

/**
 * `SLACK_BOT_TOKEN` (and `SLACK_API_URL` for a proxy), `FAIRWAY_GITHUB_TOKEN` and `FAIRWAY_PAGERDUTY_TOKEN`.
 * Temporal's own variables are read by its SDK.
 */
export function readSecrets(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Secrets {
  const given = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const token = given('SLACK_BOT_TOKEN');
  const apiUrl = given('SLACK_API_URL');
  const github = given('FAIRWAY_GITHUB_TOKEN');
  const pagerduty = given('FAIRWAY_PAGERDUTY_TOKEN');
  return {
    ...(token === undefined ? {} : { slack: { token, ...(apiUrl === undefined ? {} : { apiUrl }) } }),
    ...(github === undefined ? {} : { github }),
    ...(pagerduty === undefined ? {} : { pagerduty }),
  };
}
