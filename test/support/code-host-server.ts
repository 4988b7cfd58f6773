/**
 * A local server that speaks the part of GitHub's REST API that a checklist asks: checks requests against
 * the rules that GitHub documents, keeps repositories, and fails on demand.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refusal, repositoryAnswer, type Answer, type CodeRepository } from './code-host-repository.ts';

export type CodeHostFault = {
  /** Only requests whose path and query match. */
  readonly path?: RegExp;
  /** Default: every time, until `heal`. */
  readonly times?: number;
} & (
  | { readonly mode: 'outage' }
  | { readonly mode: 'hang' }
  | { readonly mode: 'status'; readonly status: number; readonly message?: string }
  /** HTTP 200 with a page that is not GitHub's. */
  | { readonly mode: 'page' }
  /** The hourly limit, as its headers tell it. */
  | { readonly mode: 'primaryLimit'; readonly resetsInSeconds: number }
  /** Told by a header of its own, or by words alone. */
  | { readonly mode: 'secondaryLimit'; readonly retryAfterSeconds?: number }
  /** The organisation asks for single sign-on. */
  | { readonly mode: 'sso' }
  | { readonly mode: 'permission'; readonly needed: string }
  /** The repository was renamed: its old address leads to its number. */
  | { readonly mode: 'moved' }
);

export interface CodeHostServer {
  /** For `codeHost.url`: as an installation of one's own has it. */
  readonly url: string;
  /** Paths asked for, in order, with their query, faults included. */
  readonly asked: readonly string[];
  /** By `owner/name`. */
  readonly repositories: Map<string, CodeRepository>;
  fail(fault: CodeHostFault): void;
  heal(): void;
  stop(): Promise<void>;
}

export async function startCodeHostServer(options: {
  readonly token: string;
  /** The path below which the API is; default: that of an enterprise installation. */
  readonly base?: string;
}): Promise<CodeHostServer> {
  const { token, base = '/api/v3' } = options;
  const repositories = new Map<string, CodeRepository>();
  const asked: string[] = [];
  let faults: { readonly fault: CodeHostFault; left: number }[] = [];

  const nextFault = (question: string): CodeHostFault | undefined => {
    const entry = faults.find(({ fault, left }) => left > 0 && (fault.path ?? /^/).test(question));
    if (entry !== undefined) entry.left -= 1;
    return entry?.fault;
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    const path = decodeURIComponent(url.pathname).replace(base, '');
    const question = `${path}${decodeURIComponent(url.search)}`;
    asked.push(question);
    const fault = nextFault(question);
    if (fault !== undefined) return failWith(fault, url, response);
    try {
      if (!url.pathname.startsWith(base)) throw new Refusal(404, 'Not Found');
      const seesPrivate = authorize(request, token);
      send(response, repositoryAnswer(repositories, { request, url, path, seesPrivate }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(response, { status: error.status, body: errorBody(error.message) });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    asked,
    repositories,
    fail: (fault) => void faults.push({ fault, left: fault.times ?? Infinity }),
    heal: () => {
      faults = [];
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Everybody must name themselves; whoever shows a token, a valid one. Without one, public things are shown. */
function authorize(request: IncomingMessage, token: string): boolean {
  if (request.method !== 'GET') throw new Refusal(404, 'Not Found');
  if (!request.headers['user-agent'])
    throw new Refusal(
      403,
      'Request forbidden by administrative rules. Please make sure your request has a User-Agent header',
    );
  const accepted = (request.headers.accept ?? '*/*').split(',');
  if (
    !accepted.every((type) =>
      /^(\*\/\*|application\/json|application\/vnd\.github(\.\w+)*(\+json)?)$/.test(type.trim()),
    )
  )
    throw new Refusal(415, "Unsupported 'Accept' header");
  const given = request.headers.authorization;
  if (given === undefined) return false;
  if (given !== `token ${token}` && given !== `Bearer ${token}`) throw new Refusal(401, 'Bad credentials');
  return true;
}

function failWith(fault: CodeHostFault, url: URL, response: ServerResponse): void {
  switch (fault.mode) {
    case 'outage':
      return void response.destroy();
    case 'hang':
      return;
    case 'status':
      return send(response, { status: fault.status, body: errorBody(fault.message ?? 'Server Error') });
    case 'page':
      return void response
        .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
        .end('<html>Sign in</html>');
    case 'primaryLimit':
      return send(response, {
        status: 403,
        body: errorBody('API rate limit exceeded for user ID 1.'),
        headers: {
          'X-RateLimit-Limit': '60',
          'X-RateLimit-Remaining': '0',
          'X-RateLimit-Reset': String(Math.ceil(Date.now() / 1000) + fault.resetsInSeconds),
        },
      });
    case 'secondaryLimit':
      return send(response, {
        status: fault.retryAfterSeconds === undefined ? 403 : 429,
        body: errorBody(
          'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        ),
        headers: {
          'X-RateLimit-Remaining': '4000',
          ...(fault.retryAfterSeconds === undefined
            ? {}
            : { 'Retry-After': String(fault.retryAfterSeconds) }),
        },
      });
    case 'sso':
      return send(response, {
        status: 403,
        body: errorBody(
          'Resource protected by organization SAML enforcement. You must grant your token access.',
        ),
        headers: { 'X-GitHub-SSO': 'required; url=https://github.com/orgs/org/sso?authorization_request=A1' },
      });
    case 'permission':
      return send(response, {
        status: 403,
        body: errorBody('Resource not accessible by personal access token'),
        headers: { 'X-Accepted-GitHub-Permissions': fault.needed },
      });
    case 'moved': {
      const there = url.pathname.replace(/\/repos\/[^/]+\/[^/]+/, '/repositories/1');
      return send(response, {
        status: 301,
        body: errorBody('Moved Permanently'),
        headers: { Location: `${url.origin}${there}${url.search}` },
      });
    }
  }
}

function errorBody(message: string) {
  return { message, documentation_url: 'https://docs.github.com/rest', status: 'error' };
}

function send(response: ServerResponse, { status = 200, body, headers = {} }: Answer): void {
  const isText = typeof body === 'string';
  response
    .writeHead(status, {
      'Content-Type': isText
        ? 'application/vnd.github.raw+json; charset=utf-8'
        : 'application/json; charset=utf-8',
      ...headers,
    })
    .end(isText ? body : JSON.stringify(body));
}
