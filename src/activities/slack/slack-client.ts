import { LogLevel, WebClient } from '@slack/web-api';
import type { Logger } from '@slack/web-api';

/** The five methods of Slack's Web API that are used. */
export interface SlackPort {
  readonly chat: Pick<WebClient['chat'], 'postMessage' | 'update'>;
  readonly conversations: Pick<WebClient['conversations'], 'history' | 'replies' | 'list'>;
}

/** Shorter than the start-to-close timeout: an attempt lets go of its request before the next one looks. */
export const requestTimeoutMilliseconds = 8_000;

/** Failures are raised to the activity, which words them; the client's own remarks would be a second voice. */
const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/** `apiUrl` replaces `https://slack.com/api/`, for a proxy or a test. Retries are left to Temporal. */
export function createSlackClient(options: { readonly token: string; readonly apiUrl?: string }): SlackPort {
  return new WebClient(options.token, {
    ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: requestTimeoutMilliseconds,
    logger: silent,
  });
}
