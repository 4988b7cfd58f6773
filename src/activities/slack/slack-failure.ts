/** Turns what the Slack client throws into failures that say whether to retry and what to do. */
import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';
import { remedies, serverTrouble } from './slack-errors.ts';

/** `doing` is the call in words, for example `post to #ops-announcements`. */
export function slackFailure(error: unknown, doing: string): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const subject = `Slack could not ${doing}`;
  if (error instanceof WebAPIRateLimitedError) {
    return unavailable(
      `${subject}: too many requests, Slack asks to wait ${error.retryAfter} s. It is tried again then.`,
      error.retryAfter,
    );
  }
  if (error instanceof WebAPIRequestError) {
    return unavailable(`${subject}: no answer (${networkReason(error.original)}). It is tried again.`);
  }
  if (error instanceof WebAPIHTTPError) return httpFailure(error, subject);
  if (error instanceof WebAPIPlatformError) return platformFailure(error, subject);
  return unavailable(
    `${subject}: ${error instanceof Error ? error.message : String(error)}. It is tried again.`,
  );
}

function httpFailure({ statusCode }: WebAPIHTTPError, subject: string): ApplicationFailure {
  if (statusCode >= 500 || statusCode === 408)
    return unavailable(`${subject}: it answered HTTP ${statusCode}. It is tried again.`);
  return rejected(
    `${subject}: it answered HTTP ${statusCode}. Check SLACK_API_URL and any proxy on the way.`,
  );
}

function platformFailure({ data }: WebAPIPlatformError, subject: string): ApplicationFailure {
  const code = data.error;
  // The client puts a body that is not JSON (an error page of a proxy) where the code should be.
  if (!/^[a-z][a-z0-9_]*$/.test(code))
    return unavailable(`${subject}: the answer was not Slack's. It is tried again.`);
  if (serverTrouble.has(code)) return unavailable(`${subject}: ${code}. It is tried again.`);
  const { needed } = data as { readonly needed?: unknown };
  const scopes = code === 'missing_scope' && typeof needed === 'string' ? ` (needed: ${needed})` : '';
  const remedy = remedies[code] ?? "Look the code up in Slack's documentation of the method.";
  return rejected(`${subject}: ${code}${scopes}. ${remedy}`);
}

/** The code of a refused answer, for the few that are no failure. */
export function platformErrorCode(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined;
}

/** Looking for an earlier post took the time that was there to post. */
export function outOfTime(doing: string): ApplicationFailure {
  return unavailable(`Slack could not ${doing}: reading the channel took too long. It is tried again.`);
}

function unavailable(message: string, retryAfterSeconds?: number): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: failureTypes.slackUnavailable,
    ...(retryAfterSeconds === undefined ? {} : { nextRetryDelay: `${Math.max(1, retryAfterSeconds)}s` }),
  });
}

function rejected(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.slackRejected);
}

/** Node wraps the reason (`ECONNREFUSED`, …) in "fetch failed". */
function networkReason(error: Error): string {
  if (error.name === 'TimeoutError') return 'timed out';
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  return code ?? message;
}
