/**
 * A local server that speaks `GET /oncalls` of PagerDuty's REST API: checks requests against the rules that
 * PagerDuty documents, keeps who is on call, and fails on demand.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { cutOff, Faults, listenLocally, sendPage } from './local-server.ts';

export interface OnCallEntry {
  readonly schedule: string;
  readonly user: string;
  /** ISO 8601, in the account's time zone; absent: for good. */
  readonly end?: string;
}

export type OnCallFault = {
  /** Default: every time, until `heal`. */
  readonly times?: number;
} & (
  | { readonly mode: 'outage' }
  | { readonly mode: 'hang' }
  | { readonly mode: 'cutOff' }
  | { readonly mode: 'status'; readonly status: number; readonly message?: string }
  | { readonly mode: 'rateLimited'; readonly resetsInSeconds: number }
  | { readonly mode: 'page' }
  /** An answer that does not end. */
  | { readonly mode: 'endless' }
);

export interface OnCallServer {
  /** For `onCall.url`. */
  readonly url: string;
  /** Queries, in order, faults included. */
  readonly asked: readonly string[];
  readonly entries: OnCallEntry[];
  fail(fault: OnCallFault): void;
  heal(): void;
  stop(): Promise<void>;
}

const parameters = new Set([
  ...['limit', 'offset', 'total', 'since', 'until', 'earliest', 'time_zone'],
  ...['include[]', 'user_ids[]', 'escalation_policy_ids[]', 'schedule_ids[]'],
]);

export async function startOnCallServer({ token }: { readonly token: string }): Promise<OnCallServer> {
  const entries: OnCallEntry[] = [];
  const asked: string[] = [];
  const faults = new Faults<OnCallFault>();

  const server = await listenLocally((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    asked.push(decodeURIComponent(url.search));
    const fault = faults.next();
    if (fault !== undefined) return failWith(fault, response);
    const refusal = problemWith(request, url, token);
    if (refusal !== undefined)
      return send(response, refusal.status, errorBody(refusal.code, refusal.message));
    const schedules = url.searchParams.getAll('schedule_ids[]');
    const found = entries.filter(({ schedule }) => schedules.length === 0 || schedules.includes(schedule));
    const limit = Number(url.searchParams.get('limit') ?? 25);
    send(response, 200, {
      oncalls: found.slice(0, limit).map(body),
      limit,
      offset: 0,
      more: found.length > limit,
      total: null,
    });
  });

  return {
    url: server.origin,
    asked,
    entries,
    fail: faults.fail,
    heal: faults.heal,
    stop: server.stop,
  };
}

function problemWith(
  { method, headers }: IncomingMessage,
  { pathname, searchParams }: URL,
  token: string,
): { readonly status: number; readonly code: number; readonly message: string } | undefined {
  if (method !== 'GET' || pathname !== '/oncalls') return { status: 404, code: 2100, message: 'Not Found' };
  if (headers.authorization !== `Token token=${token}`)
    return { status: 401, code: 2006, message: 'Unauthorized' };
  if (
    headers.accept !== 'application/vnd.pagerduty+json;version=2' ||
    headers['content-type'] !== 'application/json'
  )
    return { status: 400, code: 2001, message: 'Invalid Input Provided' };
  const limit = Number(searchParams.get('limit') ?? 25);
  const isKnown = [...searchParams.keys()].every((key) => parameters.has(key));
  if (!isKnown || limit < 1 || limit > 100)
    return { status: 400, code: 2001, message: 'Invalid Input Provided' };
  return undefined;
}

function failWith(fault: OnCallFault, response: ServerResponse): void {
  switch (fault.mode) {
    case 'outage':
      return void response.destroy();
    case 'hang':
      return;
    case 'cutOff':
      return cutOff(response, '{"oncalls":[');
    case 'status':
      return send(response, fault.status, errorBody(2000, fault.message ?? 'Internal Server Error'));
    case 'rateLimited':
      return send(response, 429, errorBody(2020, 'Rate Limit Exceeded'), {
        'ratelimit-limit': '960',
        'ratelimit-remaining': '0',
        'ratelimit-reset': String(fault.resetsInSeconds),
      });
    case 'page':
      return sendPage(response);
    case 'endless':
      return pour(response);
  }
}

/** Spaces without end, until the other side hangs up: they may stand between any two parts of a JSON text. */
function pour(response: ServerResponse): void {
  const spaces = ' '.repeat(64 * 1024);
  const more = (): void => {
    while (!response.destroyed && response.write(spaces));
  };
  response.writeHead(200, { 'Content-Type': 'application/json' }).on('drain', more);
  more();
}

function body({ schedule, user, end }: OnCallEntry) {
  return {
    user: {
      id: 'PUSER',
      type: 'user_reference',
      summary: user,
      html_url: 'https://shop.pagerduty.com/users/PUSER',
    },
    schedule: { id: schedule, type: 'schedule_reference', summary: 'Primary' },
    escalation_policy: { id: 'PPOLICY', type: 'escalation_policy_reference', summary: 'Shop' },
    escalation_level: 1,
    start: '2026-02-03T00:00:00Z',
    end: end ?? null,
  };
}

function errorBody(code: number, message: string) {
  return { error: { message, code } };
}

function send(
  response: ServerResponse,
  status: number,
  content: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(content));
}
