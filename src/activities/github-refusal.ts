/** How GitHub says no, whoever asked: what is in its refusals, and when it wants to be left alone. */
import { excerpt } from '../domain/redact.ts';

/** The client's `RequestError`, as far as it is read; without a response the request never got one. */
export interface GithubRefusal {
  readonly status: number;
  readonly response?: {
    readonly headers: Readonly<Record<string, unknown>>;
    readonly data?: unknown;
  };
}

/** Characters of GitHub's own words that are passed on. */
const maxQuote = 160;

/** GitHub's advice where it names no time: at least a minute (milliseconds). */
const quietByDefault = 60_000;

/** `undefined` for what the client did not throw. */
export function refusalOf(error: unknown): GithubRefusal | undefined {
  const { status } = (error ?? {}) as { readonly status?: unknown };
  return typeof status === 'number' ? (error as GithubRefusal) : undefined;
}

/** GitHub answered that there is no such thing, or that this token may not know of it. */
export function isNotFound(error: unknown): boolean {
  const refusal = refusalOf(error);
  return refusal?.response !== undefined && refusal.status === 404;
}

/** The primary limit is told by headers, secondary ones by `retry-after` or by words alone. */
export function isRateLimited({ status, response }: GithubRefusal): boolean {
  if (status !== 403 && status !== 429) return false;
  const headers = response?.headers ?? {};
  return (
    status === 429 ||
    headers['x-ratelimit-remaining'] === '0' ||
    headers['retry-after'] !== undefined ||
    /rate limit/i.test(said(response?.data))
  );
}

/** Unix milliseconds until which GitHub asked not to be asked again. */
export function quietUntil(error: unknown, now: number): number | undefined {
  const refusal = refusalOf(error);
  if (refusal === undefined || !isRateLimited(refusal)) return undefined;
  const headers = refusal.response?.headers ?? {};
  const seconds = Number(headers['retry-after']);
  if (headers['retry-after'] !== undefined && seconds > 0) return now + seconds * 1000;
  const reset = Number(headers['x-ratelimit-reset']) * 1000;
  return headers['x-ratelimit-remaining'] === '0' && reset > now ? reset : now + quietByDefault;
}

/** `: its own words`, or nothing. */
export function said(data: unknown): string {
  const { message } = (typeof data === 'object' && data !== null ? data : {}) as {
    readonly message?: unknown;
  };
  return typeof message === 'string' && message !== '' ? `: ${excerpt(message, maxQuote)}` : '';
}
