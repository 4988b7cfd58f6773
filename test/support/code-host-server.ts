/**
 * A local server that speaks the part of GitHub's REST API that is used: checks requests against the rules that
 * GitHub documents, keeps repositories and their issues, and fails on demand.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, Faults, listenLocally, sendPage } from './local-server.ts';
import { Refusal, type Answer } from './code-host-answer.ts';
import { repositoryAnswer, type CodeRepository } from './code-host-repository.ts';

export type CodeHostFault = {
  /** Only requests whose path and query match. */
  readonly path?: RegExp;
  /** Default: whatever it is. */
  readonly method?: 'GET' | 'POST' | 'PATCH';
  /** Default: every time, until `heal`. */
  readonly times?: number;
} & (
  | { readonly mode: 'outage' }
  | { readonly mode: 'hang' }
  | {
      readonly mode: 'status';
      readonly status: number;
      readonly message?: string;
      readonly errors?: readonly object[];
    }
  /** HTTP 200 with a page that is not GitHub's. */
  | { readonly mode: 'page' }
  /** The hourly limit, as its headers tell it. */
  | { readonly mode: 'primaryLimit'; readonly resetsInSeconds: number }
  /** Told by a header of its own, or by words alone. */
  | { readonly mode: 'secondaryLimit'; readonly retryAfterSeconds?: number; readonly status?: 403 | 429 }
  /** The organisation asks for single sign-on. */
  | { readonly mode: 'sso' }
  | { readonly mode: 'permission'; readonly needed: string }
  /** The repository was renamed: its old address leads to its number. */
  | { readonly mode: 'moved' }
  /** It is done, and nobody hears of it: the connection breaks, or stays silent. */
  | { readonly mode: 'answerLost'; readonly how: 'broken' | 'silent' }
);

export interface CodeHostServer {
  /** For `codeHost.url`: as an installation of one's own has it. */
  readonly url: string;
  /** Paths asked for, in order, with their query, faults included. */
  readonly asked: readonly string[];
  /** Methods of the same. */
  readonly methods: readonly string[];
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
  const methods: string[] = [];
  let held: (() => void)[] = [];
  const faults = new Faults<CodeHostFault>();

  /** Requests that make something wait for each other, where a repository says so. */
  const turn = async (path: string, method: string): Promise<void> => {
    const [, name = ''] = /^\/repos\/([^/]+\/[^/]+)\/issues$/.exec(path) ?? [];
    const { holdUntil } = repositories.get(name)?.tracker ?? {};
    if (method !== 'POST' || holdUntil === undefined) return;
    await new Promise<void>((go) => {
      held.push(go);
      if (held.length < holdUntil) return;
      for (const next of held) next();
      held = [];
    });
  };

  const server = await listenLocally((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    const path = decodeURIComponent(url.pathname).replace(base, '');
    const question = `${path}${decodeURIComponent(url.search)}`;
    const method = request.method ?? 'GET';
    asked.push(question);
    methods.push(method);
    const fault = faults.next((one) => (one.path ?? /^/).test(question) && (one.method ?? method) === method);
    if (fault !== undefined && fault.mode !== 'answerLost') return failWith(fault, url, response);
    try {
      if (!url.pathname.startsWith(base)) throw new Refusal(404, 'Not Found');
      const seesPrivate = authorize(request, token);
      const json = await sent(request);
      await turn(path, method);
      const result = repositoryAnswer(repositories, { request, url, path, seesPrivate, json });
      if (fault === undefined) return send(response, result);
      if (fault.how === 'broken') response.destroy();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, message, errors } = error;
      send(response, {
        status,
        body: { ...errorBody(message), ...(errors === undefined ? {} : { errors }) },
      });
    }
  };

  return {
    url: `${server.origin}${base}`,
    asked,
    methods,
    repositories,
    fail: faults.fail,
    heal: faults.heal,
    stop: server.stop,
  };
}

/** Everybody must name themselves; whoever shows a token, a valid one. Without one, public things are shown. */
function authorize(request: IncomingMessage, token: string): boolean {
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
  if (given === undefined && request.method !== 'GET') throw new Refusal(401, 'Requires authentication');
  if (given === undefined) return false;
  if (given !== `token ${token}` && given !== `Bearer ${token}`) throw new Refusal(401, 'Bad credentials');
  return true;
}

function failWith(
  fault: Exclude<CodeHostFault, { mode: 'answerLost' }>,
  url: URL,
  response: ServerResponse,
): void {
  switch (fault.mode) {
    case 'outage':
      return void response.destroy();
    case 'hang':
      return;
    case 'status':
      return send(response, {
        status: fault.status,
        body: { ...errorBody(fault.message ?? 'Server Error'), errors: fault.errors },
      });
    case 'page':
      return sendPage(response);
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
        status: fault.status ?? (fault.retryAfterSeconds === undefined ? 403 : 429),
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

async function sent(request: IncomingMessage): Promise<unknown> {
  const text = await bodyOf(request);
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
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
