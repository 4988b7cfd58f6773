/** The only secrets that Fairway itself is given, read from the environment in one place. */

export interface Secrets {
  /** Absent: messages are logged instead of posted. */
  readonly slack?: { readonly token: string; readonly apiUrl?: string };
}

/** `SLACK_BOT_TOKEN`, and `SLACK_API_URL` for a proxy. Temporal's own variables are read by its SDK. */
export function readSecrets(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Secrets {
  const token = environment['SLACK_BOT_TOKEN']?.trim();
  const apiUrl = environment['SLACK_API_URL']?.trim();
  if (!token) return {};
  return { slack: { token, ...(apiUrl ? { apiUrl } : {}) } };
}
