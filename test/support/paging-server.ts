/**
 * A local server that speaks PagerDuty's Events API v2: checks events against the rules that PagerDuty documents,
 * keeps the incidents they open and close, and fails on demand.
 */
import type { ServerResponse } from 'node:http';
import { bodyOf, Faults, listenLocally, sendPage } from './local-server.ts';
import { problemsOf, routingKey, sizeProblem, type PagingEvent } from './paging-rules.ts';

export type PagingFault = {
  /** Default: every time, until `heal`. */
  readonly times?: number;
} & (
  | { readonly mode: 'outage' }
  | { readonly mode: 'hang' }
  | { readonly mode: 'page' }
  | { readonly mode: 'status'; readonly status: number }
  | { readonly mode: 'rateLimited'; readonly retryAfter?: number }
  /** A refusal that repeats the whole request. */
  | { readonly mode: 'echo' }
);

export interface PagingServer {
  /** For `paging.url`. */
  readonly url: string;
  /** Accepted ones, in order. */
  readonly events: readonly PagingEvent[];
  readonly changes: readonly PagingEvent[];
  /** Keys of the incidents that are open, each with how often it was triggered. */
  readonly open: ReadonlyMap<string, number>;
  /** Keys in the order in which they woke somebody: only what opens an incident does. */
  readonly woken: readonly string[];
  fail(fault: PagingFault): void;
  heal(): void;
  stop(): Promise<void>;
}

/** `key` is the routing key that it knows. */
export async function startPagingServer(key = routingKey): Promise<PagingServer> {
  const events: PagingEvent[] = [];
  const changes: PagingEvent[] = [];
  const open = new Map<string, number>();
  const woken: string[] = [];
  const faults = new Faults<PagingFault>();

  const accept = (response: ServerResponse, path: string, event: PagingEvent): void => {
    if (path === '/v2/change/enqueue') {
      changes.push(event);
      return send(response, 202, { status: 'success', message: 'Change event processed' });
    }
    events.push(event);
    const { dedup_key: given } = event;
    const key = typeof given === 'string' ? given : `incident ${events.length}`;
    if (event['event_action'] === 'trigger' && !open.has(key)) woken.push(key);
    if (event['event_action'] === 'trigger') open.set(key, (open.get(key) ?? 0) + 1);
    if (event['event_action'] === 'resolve') open.delete(key);
    send(response, 202, { status: 'success', message: 'Event processed', dedup_key: key });
  };

  const server = await listenLocally((request, response) => {
    void bodyOf(request).then((text) => {
      const fault = faults.next();
      if (fault !== undefined) return failWith(fault, response, text);
      const path = request.url ?? '';
      if (request.method !== 'POST' || !['/v2/enqueue', '/v2/change/enqueue'].includes(path))
        return send(response, 404, { status: 'not found' });
      const event = parse(text);
      const errors = [...sizeProblem(text), ...problemsOf(request, path, event, key)];
      if (errors.length > 0)
        return send(response, 400, { status: 'invalid event', message: 'Event object is invalid', errors });
      return accept(response, path, event);
    });
  });
  return {
    url: server.origin,
    events,
    changes,
    open,
    woken,
    fail: faults.fail,
    heal: faults.heal,
    stop: server.stop,
  };
}

function parse(text: string): PagingEvent {
  try {
    return JSON.parse(text) as PagingEvent;
  } catch {
    return {};
  }
}

function failWith(fault: PagingFault, response: ServerResponse, text: string): void {
  switch (fault.mode) {
    case 'outage':
      return void response.destroy();
    case 'hang':
      return;
    case 'page':
      return sendPage(response);
    case 'status':
      return send(response, fault.status, { status: 'error', message: 'trouble' });
    case 'rateLimited':
      return send(
        response,
        429,
        { status: 'throttle exceeded', message: 'Requests for this service have exceeded the limit' },
        fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) },
      );
    case 'echo':
      return send(response, 400, { status: 'invalid event', message: `cannot read ${text}` });
  }
}

function send(
  response: ServerResponse,
  status: number,
  content: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(content));
}
