import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import {
  startWebhookReceiver,
  type ReceiverFault,
  type WebhookReceiver,
} from '../../support/webhook-receiver.ts';
import { callWebhook, failureOf, incidentNow, webhookSecret, type CallOptions } from './bench.ts';

let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await startWebhookReceiver(webhookSecret);
});
afterEach(() => {
  receiver.heal();
  receiver.clockAhead = 0;
});
afterAll(() => receiver.stop());

/** Its own key, so that the receiver has not seen it. */
let made = 0;
function anIncident() {
  made += 1;
  return incidentNow({ facts: { key: `shop-4.1.1/run-${made}` } });
}

test('the receiver gets the facts, signed, with the time and its key', async () => {
  const incident = anIncident();
  const ticketUrl = 'https://github.example.com/org/ops/issues/1';
  expect(await callWebhook(receiver.url, incident, { ticketUrl })).toEqual({ status: 201 });
  expect(receiver.taken.get(incident.key)).toMatchObject({
    schema: 'fairway.incident/v1',
    key: incident.key,
    severity: 'SEV2',
    outcome: 'rolledBack',
    ticketUrl,
  });
  expect(receiver.calls.at(-1)?.headers).toMatchObject({
    'x-fairway-signature': expect.stringMatching(/^sha256=[0-9a-f]{64}$/),
    'x-fairway-timestamp': expect.stringMatching(/^\d{10}$/),
    'idempotency-key': incident.key,
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'fairway',
  });
});

test('the address is that of the environment in fairway.yaml; one that the workflow gives is heeded still', async () => {
  const incident = anIncident();
  const elsewhere = { ...incident, status: { ...incident.status, environment: 'elsewhere' } };
  expect(await failureOf(callWebhook(receiver.url, elsewhere, { environment: 'production' }))).toMatchObject({
    type: 'IncidentRejected',
    nonRetryable: true,
    message: expect.stringContaining('no web hook for elsewhere'),
  });
  expect(await callWebhook(receiver.url, elsewhere, { environment: 'production', given: true })).toEqual({
    status: 201,
  });
});

test('an answer that was lost is asked for again, and the receiver takes the incident once', async () => {
  const incident = anIncident();
  receiver.fail({ mode: 'answerLost', times: 1 });
  expect(await failureOf(callWebhook(receiver.url, incident))).toMatchObject({ type: 'IncidentUnavailable' });
  // 200 and not 201: known already.
  expect(await callWebhook(receiver.url, incident)).toEqual({ status: 200 });
});

test('whatever people called the release, its key fits into a header', async () => {
  const incident = incidentNow({ facts: { key: 'Größe 4.1.1 \n☕/run' } });
  expect(await callWebhook(receiver.url, incident)).toEqual({ status: 201 });
  expect(receiver.calls.at(-1)?.headers['idempotency-key']).toBe(
    'Gr%C3%B6%C3%9Fe%204.1.1%20%0A%E2%98%95/run',
  );
  expect(receiver.taken.get('Gr%C3%B6%C3%9Fe%204.1.1%20%0A%E2%98%95/run')?.key).toBe(incident.key);
});

const passing: readonly (readonly [string, ReceiverFault, string, string | undefined])[] = [
  ['an outage', { mode: 'outage' }, 'does not answer (UND_ERR_SOCKET). It is called again', undefined],
  ['a receiver that never answers', { mode: 'hang' }, 'does not answer (not in time)', undefined],
  [
    'trouble of its own',
    { mode: 'status', status: 503, headers: { 'Retry-After': '30' } },
    'answered HTTP 503. It is called again',
    '30s',
  ],
  [
    'too many calls',
    { mode: 'status', status: 429, headers: { 'Retry-After': '99999' } },
    'answered HTTP 429',
    '3600s',
  ],
  ['a time-out of its own', { mode: 'status', status: 408 }, 'answered HTTP 408', undefined],
];

test.each(passing)('%s is worth a retry', async (_what, fault, words, pause) => {
  receiver.fail(fault);
  const options = fault.mode === 'hang' ? { timeout: 300 } : {};
  const failure = await failureOf(callWebhook(receiver.url, anIncident(), options));
  expect(failure).toMatchObject({ type: 'IncidentUnavailable', nonRetryable: false });
  expect(failure.message).toContain(words);
  expect(failure.nextRetryDelay).toBe(pause);
});

const lasting: readonly (readonly [string, ReceiverFault | undefined, CallOptions, string])[] = [
  [
    'no secret',
    undefined,
    { secret: undefined },
    'This worker cannot call the web hook: FAIRWAY_WEBHOOK_SECRET is not set.',
  ],
  [
    'another secret than the receiver has',
    undefined,
    { secret: 'another' },
    'did not accept the call (HTTP 401): wrong signature. Give FAIRWAY_WEBHOOK_SECRET and the receiver the same secret',
  ],
  [
    'a refusal',
    { mode: 'status', status: 422, body: 'unknown\n schema' },
    {},
    'refused the call (HTTP 422): unknown schema. Check incidents.webhook.url',
  ],
  [
    'a redirection',
    { mode: 'status', status: 302, headers: { Location: 'http://127.0.0.1:1/elsewhere' } },
    {},
    'answered with a redirection (HTTP 302), which is not followed',
  ],
];

test.each(lasting)('%s is not tried again, and says what to do', async (_what, fault, options, words) => {
  if (fault !== undefined) receiver.fail(fault);
  const failure = await failureOf(callWebhook(receiver.url, anIncident(), options));
  expect(failure).toMatchObject({ type: 'IncidentRejected', nonRetryable: true });
  expect(failure.message).toContain(words);
});

test('a receiver whose clock is ahead refuses what it takes for an old recording', async () => {
  receiver.clockAhead = 600_000;
  const failure = await failureOf(callWebhook(receiver.url, anIncident()));
  expect(failure.message).toContain('did not accept the call (HTTP 401): too old');
  expect(failure.message).toContain('check that their clocks agree');
});

test('nothing of the secret, the path or what the receiver repeats is in the message', async () => {
  receiver.fail({
    mode: 'status',
    status: 400,
    body: `token=${webhookSecret} ${'x'.repeat(100_000)}`,
    times: 1,
  });
  receiver.fail({ mode: 'status', status: 400, body: `token=${webhookSecret}`, times: 1 });
  for (const part of ['long', 'short']) {
    const { message } = await failureOf(callWebhook(receiver.url, anIncident()));
    expect([part, message]).toEqual([part, expect.stringContaining('refused the call (HTTP 400)')]);
    expect(message).not.toContain(webhookSecret);
    expect(message).not.toContain('T0PS3CRETPATH');
  }
});
