/** Posts an incident as JSON, signed, so that the receiver knows who sent it, when, and whether it has it already. */
import { createHmac } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';
import { incidentPayload } from '../../domain/incident-payload.ts';
import { excerpt } from '../../domain/redact.ts';
import { causeOf } from '../cause.ts';
import { readBounded } from '../read-bounded.ts';
import type { Http } from '../http.ts';
import { maxAnswerBytes, maxQuote, maxRetryAfter, webhookMilliseconds } from './limits.ts';
import type { CallWebhookInput } from './types.ts';

interface Sender {
  readonly http: Http;
  readonly url: string;
  readonly secret: string;
  readonly signal: AbortSignal;
  readonly timeout?: number;
}

export async function callSigned(
  { http, url, secret, signal, timeout = webhookMilliseconds }: Sender,
  { incident, ticketUrl }: CallWebhookInput,
): Promise<{ readonly status: number }> {
  // Its path may be a secret, as with many chat programs.
  const subject = `The web hook at ${new URL(url).host}`;
  const body = JSON.stringify(incidentPayload(incident, ticketUrl));
  const limit = AbortSignal.timeout(timeout);
  try {
    const response = await http(url, {
      method: 'POST',
      headers: { ...signed(body, secret, Math.floor(Date.now() / 1000)), ...identity(incident.key) },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, limit]),
    });
    const words = await answered(response);
    if (response.ok) return { status: response.status };
    throw refused(subject, response, words);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ApplicationFailure) throw error;
    throw unavailable(
      `${subject} does not answer (${causeOf(error)}). It is called again; if it stays so, check incidents.webhook.url in fairway.yaml and the worker's way to it.`,
    );
  }
}

/** The time is signed along, so that a receiver can refuse what somebody recorded and sends again. */
function signed(body: string, secret: string, timestamp: number): Record<string, string> {
  const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'X-Fairway-Timestamp': String(timestamp), 'X-Fairway-Signature': `sha256=${digest}` };
}

function identity(key: string): Record<string, string> {
  return {
    'Content-Type': 'application/json; charset=utf-8',
    'User-Agent': 'fairway',
    // Headers take no other characters; people choose the names of releases.
    'Idempotency-Key': key.replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character)),
  };
}

/** `: its own words`, or nothing. */
async function answered(response: Response): Promise<string> {
  const body = (await readBounded(response, maxAnswerBytes)) ?? '';
  const words = excerpt(body, maxQuote);
  return words === '' ? '' : `: ${words}`;
}

function refused(subject: string, { status, headers }: Response, words: string): ApplicationFailure {
  if (status === 408 || status === 429 || status >= 500)
    return unavailable(
      `${subject} answered HTTP ${status}${words}. It is called again.`,
      retryAfter(headers),
    );
  if (status >= 300 && status < 400)
    return rejected(
      `${subject} answered with a redirection (HTTP ${status}), which is not followed. Put the address that it leads to into incidents.webhook.url in fairway.yaml.`,
    );
  if (status === 401 || status === 403)
    return rejected(
      `${subject} did not accept the call (HTTP ${status})${words}. Give FAIRWAY_WEBHOOK_SECRET and the receiver the same secret, and check that their clocks agree.`,
    );
  return rejected(
    `${subject} refused the call (HTTP ${status})${words}. Check incidents.webhook.url in fairway.yaml and the receiver.`,
  );
}

/** Seconds. */
function retryAfter(headers: Headers): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? NaN);
  return seconds > 0 ? Math.min(seconds, maxRetryAfter) : undefined;
}

function unavailable(message: string, seconds?: number): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: failureTypes.incidentUnavailable,
    ...(seconds === undefined ? {} : { nextRetryDelay: `${seconds}s` }),
  });
}

function rejected(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.incidentRejected);
}
