/**
 * A local Slack for tests and the demo: checks requests against the rules that Slack documents,
 * keeps the messages, and fails on demand.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
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
  let faults: { readonly fault: SlackFault; left: number }[] = [];

  const nextFault = (method: string): SlackFault | undefined => {
    const entry = faults.find(({ fault, left }) => left > 0 && (fault.method ?? method) === method);
    if (entry !== undefined) entry.left -= 1;
    return entry?.fault;
  };

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
    const fault = nextFault(method);
    switch (fault?.mode) {
      case undefined:
        send(response, 200, answer(request, method, fields));
        break;
      case 'rateLimited':
        send(response, 429, { ok: false, error: 'ratelimited' }, { 'Retry-After': fault.retryAfterSeconds });
        break;
      case 'replyLost':
        answer(request, method, fields);
        request.socket.destroy();
        break;
      case 'outage':
        request.socket.destroy();
        break;
      case 'httpStatus':
        send(response, fault.status, {});
        break;
      case 'slow':
        setTimeout(() => {
          send(response, 200, answer(request, method, fields));
        }, fault.milliseconds);
        break;
      case 'error':
        send(response, 200, { ok: false, error: fault.code });
        break;
      case 'page':
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Sign in</html>');
    }
  };

  const server = createServer((request, response) => {
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
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    messages: workspace.messages,
    calls,
    fail: (fault) => {
      faults.push({ fault, left: fault.times ?? 1 });
    },
    heal: () => {
      faults = [];
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
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
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm ? Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())) : {};
}

function send(
  response: ServerResponse,
  status: number,
  body: Answer,
  headers: Readonly<Record<string, string | number>> = {},
): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body));
}
