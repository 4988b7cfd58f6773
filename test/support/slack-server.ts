/**
 * A local Slack for tests and the demo: checks requests against the rules that Slack documents,
 * keeps the messages, and fails on demand.
 */
import type {} from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, Faults, listenLocally, sendJson, sendPage } from './local-server.ts';
import { SlackRefusal, createWorkspace } from './slack-workspace.ts';
import type { Answer, Fields, SlackMessage, WorkspaceOptions } from './slack-workspace.ts';

export type SlackFault = {
  /** Only calls of this method, for example `chat.postMessage`. */
  readonly method?: string;
  /** Default: once. */
  readonly times?: number;
} & (
  | { readonly mode: 'rateLimited'; readonly retryAfterSeconds: number }
  /** The connection is dropped before anything happens. */
  | { readonly mode: 'outage' }
  /** The call takes effect, then the connection is dropped. */
  | { readonly mode: 'replyLost' }
  | { readonly mode: 'httpStatus'; readonly status: number }
  | { readonly mode: 'error'; readonly code: string }
  /** Does and answers what it was asked, but late. */
  | { readonly mode: 'slow'; readonly milliseconds: number }
  /** HTTP 200 with a page that is not Slack's. */
  | { readonly mode: 'page' }
);

export interface SlackServer {
  /** For `SLACK_API_URL`. */
  readonly url: string;
  /** By name or ID, oldest first, replies included. */
  messages(channel: string): readonly SlackMessage[];
  /** Methods called, in order, faults included. */
  readonly calls: readonly string[];
  fail(fault: SlackFault): void;
  /** Ends every fault. */
  heal(): void;
  stop(): Promise<void>;
}

export interface SlackServerOptions extends WorkspaceOptions {
  readonly token: string;
  /** Default: all that are needed. */
  readonly scopes?: readonly string[];
  /** Default: a free one. */
  readonly port?: number;
}

const neededScopes: Readonly<Record<string, string>> = {
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.history': 'channels:history',
  'conversations.replies': 'channels:history',
  'conversations.list': 'channels:read',
};

export async function startSlackServer(options: SlackServerOptions): Promise<SlackServer> {
  const workspace = createWorkspace(options);
  const calls: string[] = [];
  const faults = new Faults<SlackFault>(1);

  const answer = (request: IncomingMessage, method: string, fields: Fields): Answer => {
    try {
      const handler = Object.hasOwn(workspace.methods, method) ? workspace.methods[method] : undefined;
      if (handler === undefined) throw new SlackRefusal('unknown_method');
      authorize(request, options, method);
      return { ok: true, ...handler(fields) };
    } catch (error) {
      if (error instanceof SlackRefusal) return { ok: false, error: error.message, ...error.extra };
      throw error;
    }
  };

  const reply = (
    request: IncomingMessage,
    response: ServerResponse,
    method: string,
    fields: Fields,
  ): void => {
    const fault = faults.next((one) => (one.method ?? method) === method);
    switch (fault?.mode) {
      case undefined:
        sendJson(response, 200, answer(request, method, fields));
        break;
      case 'rateLimited':
        sendJson(
          response,
          429,
          { ok: false, error: 'ratelimited' },
          { 'Retry-After': fault.retryAfterSeconds },
        );
        break;
      case 'replyLost':
        answer(request, method, fields);
        request.socket.destroy();
        break;
      case 'outage':
        request.socket.destroy();
        break;
      case 'httpStatus':
        sendJson(response, fault.status, {});
        break;
      case 'slow':
        setTimeout(() => {
          sendJson(response, 200, answer(request, method, fields));
        }, fault.milliseconds);
        break;
      case 'error':
        sendJson(response, 200, { ok: false, error: fault.code });
        break;
      case 'page':
        sendPage(response);
    }
  };

  const server = await listenLocally((request, response) => {
    const method = (request.url ?? '').replace(/^\/api\//, '').replace(/\?.*$/, '');
    calls.push(method);
    readFields(request).then(
      (fields) => {
        reply(request, response, method, fields);
      },
      () => {
        request.socket.destroy();
      },
    );
  }, options.port);

  return {
    url: `${server.origin}/api/`,
    messages: workspace.messages,
    calls,
    fail: faults.fail,
    heal: faults.heal,
    stop: server.stop,
  };
}

/** Slack takes the token in the Authorization header and says which scope is missing. */
function authorize(request: IncomingMessage, { token, scopes }: SlackServerOptions, method: string): void {
  const given = request.headers.authorization;
  if (given === undefined) throw new SlackRefusal('not_authed');
  if (given !== `Bearer ${token}`) throw new SlackRefusal('invalid_auth');
  const needed = neededScopes[method];
  if (scopes !== undefined && needed !== undefined && !scopes.includes(needed)) {
    throw new SlackRefusal('missing_scope', { needed, provided: scopes.join(',') });
  }
}

/** Of the content types that Slack takes, the one that the official client sends. */
async function readFields(request: IncomingMessage): Promise<Fields> {
  const body = await bodyOf(request);
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm ? Object.fromEntries(new URLSearchParams(body)) : {};
}
