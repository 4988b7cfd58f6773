/**
 * A local receiver of web hooks, as the reference page asks for one: it checks the signature in constant time,
 * refuses what is too old, takes each incident once, and fails on demand.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, Faults, listenLocally } from './local-server.ts';
import type { IncidentPayload } from '../../src/domain/incident-payload.ts';

export type ReceiverFault = {
  /** Default: every time, until `heal`. */
  readonly times?: number;
} & (
  | { readonly mode: 'outage' }
  | { readonly mode: 'hang' }
  /** It is taken, and the connection breaks before the answer. */
  | { readonly mode: 'answerLost' }
  | {
      readonly mode: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
);

export interface WebhookReceiver {
  readonly url: string;
  /** Requests as they came, those that were refused included. */
  readonly calls: readonly ReceivedCall[];
  /** By idempotency key: what was taken, once each. */
  readonly taken: ReadonlyMap<string, IncidentPayload>;
  /** Milliseconds by which its clock is ahead. */
  clockAhead: number;
  fail(fault: ReceiverFault): void;
  heal(): void;
  stop(): Promise<void>;
}

export interface ReceivedCall {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const maxAge = 300_000;

export async function startWebhookReceiver(secret: string): Promise<WebhookReceiver> {
  const calls: ReceivedCall[] = [];
  const taken = new Map<string, IncidentPayload>();
  const faults = new Faults<ReceiverFault>();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    calls.push({ path: request.url ?? '/', headers: request.headers, body });
    const fault = faults.next();
    if (fault?.mode === 'outage') return void response.destroy();
    if (fault?.mode === 'hang') return;
    if (fault?.mode === 'status')
      return void response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
    const refusal = problemWith(request, body, secret, Date.now() + receiver.clockAhead);
    if (refusal !== undefined)
      return void response.writeHead(refusal.status, { 'Content-Type': 'text/plain' }).end(refusal.words);
    const key = String(request.headers['idempotency-key']);
    const known = taken.has(key);
    taken.set(key, JSON.parse(body) as IncidentPayload);
    if (fault?.mode === 'answerLost') return void response.destroy();
    response.writeHead(known ? 200 : 201).end();
  };
  const server = await listenLocally((request, response) => void answer(request, response));

  const receiver: WebhookReceiver = {
    url: `${server.origin}/incidents/T0PS3CRETPATH`,
    calls,
    taken,
    clockAhead: 0,
    fail: faults.fail,
    heal: faults.heal,
    stop: server.stop,
  };
  return receiver;
}

function problemWith(
  { method, headers }: IncomingMessage,
  body: string,
  secret: string,
  now: number,
): { readonly status: number; readonly words: string } | undefined {
  if (method !== 'POST') return { status: 405, words: 'only POST' };
  if (headers['content-type'] !== 'application/json; charset=utf-8') return { status: 415, words: 'no JSON' };
  if (typeof headers['idempotency-key'] !== 'string') return { status: 400, words: 'no Idempotency-Key' };
  const timestamp = String(headers['x-fairway-timestamp']);
  if (!/^\d+$/.test(timestamp)) return { status: 401, words: 'no time' };
  if (Math.abs(now - Number(timestamp) * 1000) > maxAge) return { status: 401, words: 'too old' };
  const expected = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest();
  const given = Buffer.from(String(headers['x-fairway-signature']).replace(/^sha256=/, ''), 'hex');
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  return isSigned ? undefined : { status: 401, words: 'wrong signature' };
}
