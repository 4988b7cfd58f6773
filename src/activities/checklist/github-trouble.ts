/** What GitHub's refusals mean, and what a person does about each. */
import { excerpt } from '../../domain/redact.ts';
import { unknown, type Trouble } from './answer.ts';
import { causeOf } from './cause.ts';
import { maxQuote } from './limits.ts';

/** The client's `RequestError`, as far as it is read; without a response the request never got one. */
interface Refusal {
  readonly status: number;
  readonly response?: {
    readonly headers: Readonly<Record<string, unknown>>;
    readonly data?: unknown;
  };
}

const again = 'It is asked again by itself';
const classicToken =
  'FAIRWAY_GITHUB_TOKEN has to be a classic token with the scope repo, or one of a GitHub App that may read contents, checks and commit statuses (fine-grained tokens cannot read checks)';

/** GitHub answered that there is no such thing, or that this token may not know of it. */
export function isNotFound(error: unknown): boolean {
  return refusalOf(error)?.response !== undefined && refusalOf(error)?.status === 404;
}

export function githubTrouble(error: unknown): Trouble {
  const refusal = refusalOf(error);
  if (refusal?.response === undefined) {
    return unknown(
      `GitHub does not answer (${causeOf(error)})`,
      `${again}; if it stays so, check the worker's way to it and codeHost.url in fairway.yaml`,
    );
  }
  const { status, response } = refusal;
  const { headers } = response;
  const words = said(response.data);
  const limited = rateLimit(status, headers, words);
  if (limited !== undefined) return limited;
  if (status === 401)
    return unknown(
      `GitHub does not accept this worker's token${words}`,
      'Put a valid token into FAIRWAY_GITHUB_TOKEN and restart the worker',
    );
  if (status === 403) return forbidden(headers, words);
  if (status === 404)
    return unknown(`GitHub shows nothing under this address to this worker${words}`, classicToken);
  if (status >= 500) return unknown(`GitHub has trouble of its own (HTTP ${status})`, again);
  return unknown(
    `GitHub refused to answer (HTTP ${status})${words}`,
    'Check the repository in fairway.yaml and codeHost.url',
  );
}

/** What is answered, but is not what GitHub answers: the page of a proxy, for example. */
export function notGithub(): Trouble {
  return unknown(
    'the answer was not that of a GitHub API',
    'Check codeHost.url in fairway.yaml (of an own installation it ends in /api/v3) and any proxy on the way',
  );
}

/** Unix milliseconds until which GitHub asked not to be asked again. */
export function quietUntil(error: unknown, now: number): number | undefined {
  const refusal = refusalOf(error);
  const headers = refusal?.response?.headers ?? {};
  if (refusal === undefined || rateLimit(refusal.status, headers, said(refusal.response?.data)) === undefined)
    return undefined;
  const seconds = Number(headers['retry-after']);
  if (headers['retry-after'] !== undefined && seconds > 0) return now + seconds * 1000;
  const reset = Number(headers['x-ratelimit-reset']) * 1000;
  // GitHub's advice where it names no time: at least a minute.
  return headers['x-ratelimit-remaining'] === '0' && reset > now ? reset : now + 60_000;
}

/** The primary limit is told by headers, secondary ones by `retry-after` or by words alone. */
function rateLimit(
  status: number,
  headers: Readonly<Record<string, unknown>>,
  words: string,
): Trouble | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const isLimited =
    status === 429 ||
    headers['x-ratelimit-remaining'] === '0' ||
    headers['retry-after'] !== undefined ||
    /rate limit/i.test(words);
  if (!isLimited) return undefined;
  return unknown(
    `GitHub takes no more questions for now: its rate limit is reached`,
    `${again} when GitHub takes questions again. With a token in FAIRWAY_GITHUB_TOKEN it takes more of them`,
  );
}

function forbidden(headers: Readonly<Record<string, unknown>>, words: string): Trouble {
  const sso = headers['x-github-sso'];
  if (typeof sso === 'string' && sso.startsWith('required'))
    return unknown(
      `the organisation has not let this worker's token in${words}`,
      'Authorise the token of FAIRWAY_GITHUB_TOKEN for the organisation (single sign-on)',
    );
  const needed = headers['x-accepted-github-permissions'];
  const which = typeof needed === 'string' && needed !== '' ? ` (needed: ${excerpt(needed, maxQuote)})` : '';
  return unknown(`this worker's token may not read this${which}${words}`, classicToken);
}

/** `: its own words`, or nothing. */
function said(data: unknown): string {
  const { message } = (typeof data === 'object' && data !== null ? data : {}) as {
    readonly message?: unknown;
  };
  return typeof message === 'string' && message !== '' ? `: ${excerpt(message, maxQuote)}` : '';
}

function refusalOf(error: unknown): Refusal | undefined {
  const { status } = (error ?? {}) as { readonly status?: unknown };
  return typeof status === 'number' ? (error as Refusal) : undefined;
}
