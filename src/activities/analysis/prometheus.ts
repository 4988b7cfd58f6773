/** Prometheus' HTTP API, as Thanos, Mimir and VictoriaMetrics speak it too. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measured } from '../../domain/analysis-facts.ts';
import { excerpt } from '../../domain/redact.ts';
import { readBounded } from '../read-bounded.ts';
import type { Http } from '../http.ts';
import { maxAnswerBytes, maxAttempts, queryTimeoutSeconds, retryAfterMs } from './limits.ts';
import { readNumber, readSamples } from './prometheus-answer.ts';

export interface Range {
  /** Unix milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly stepSeconds: number;
}

/** What goes wrong is in the answer; rejects only when the signal aborts. */
export interface Prometheus {
  number(query: string, at: number, signal: AbortSignal): Promise<Measured<number>>;
  samples(query: string, range: Range, signal: AbortSignal): Promise<Measured<readonly number[]>>;
}

export function createPrometheus(http: Http, baseUrl: string): Prometheus {
  const url = (path: string): string => `${baseUrl.replace(/\/+$/, '')}/api/v1/${path}`;
  return {
    number: async (query, at, signal) => {
      const fields = { query, time: seconds(at) };
      return answered(await ask(http, url('query'), fields, signal), readNumber);
    },
    samples: async (query, { start, end, stepSeconds }, signal) => {
      const fields = { query, start: seconds(start), end: seconds(end), step: String(stepSeconds) };
      return answered(await ask(http, url('query_range'), fields, signal), readSamples);
    },
  };
}

type Outcome =
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly again: boolean };

function answered<T>(outcome: Outcome, read: (text: string) => Measured<T>): Measured<T> {
  return outcome.kind === 'answer' ? read(outcome.text) : { state: 'unknown', reason: outcome.reason };
}

async function ask(
  http: Http,
  url: string,
  fields: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Outcome> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await askOnce(http, url, fields, signal);
    if (outcome.kind === 'answer' || !outcome.again || attempt >= maxAttempts) return outcome;
    await sleep(retryAfterMs, undefined, { signal });
  }
}

async function askOnce(
  http: Http,
  url: string,
  fields: Readonly<Record<string, string>>,
  cancelled: AbortSignal,
): Promise<Outcome> {
  const timeout = AbortSignal.timeout(queryTimeoutSeconds * 1000);
  const signal = AbortSignal.any([cancelled, timeout]);
  try {
    const query = new URLSearchParams({ ...fields, timeout: `${queryTimeoutSeconds}s` }).toString();
    const response = await send(http, url, query, signal);
    const text = await readBounded(response, maxAnswerBytes);
    if (text === undefined) return failed(`the answer is larger than ${maxAnswerBytes} bytes`, false);
    // Prometheus explains a refused query in the body of a 4xx or 5xx.
    const isExplained = response.ok || /^\s*\{[\s\S]*"errorType"/.test(text);
    const again = response.status === 429 || response.status >= 500;
    if (isExplained && !again) return { kind: 'answer', text };
    const said = text === '' ? '' : `: ${excerpt(text, bodyExcerpt)}`;
    return failed(`Prometheus answered HTTP ${response.status}${said}`, again);
  } catch (error) {
    cancelled.throwIfAborted();
    if (timeout.aborted) return failed(`no answer from Prometheus within ${queryTimeoutSeconds} s`, true);
    return failed(`Prometheus cannot be reached: ${excerpt(causeOf(error), bodyExcerpt)}`, true);
  }
}

const bodyExcerpt = 200;

/** A long query fits no URL, so it is posted; a proxy that takes no posts gets it in the URL all the same. */
async function send(http: Http, url: string, query: string, signal: AbortSignal): Promise<Response> {
  const common = { redirect: 'manual', signal } as const;
  const accept = 'application/json';
  const posted = await http(url, {
    ...common,
    method: 'POST',
    headers: { accept, 'content-type': 'application/x-www-form-urlencoded' },
    body: query,
  });
  if (![403, 405, 501].includes(posted.status)) return posted;
  await posted.body?.cancel();
  return http(`${url}?${query}`, { ...common, method: 'GET', headers: { accept } });
}

function failed(reason: string, again: boolean): Outcome {
  return { kind: 'failed', reason, again };
}

/** `fetch` only says that it failed; the cause says why. */
function causeOf(error: unknown): string {
  const { cause, message } = error as { readonly cause?: unknown; readonly message?: unknown };
  const { message: why } = (cause ?? {}) as { readonly message?: unknown };
  if (typeof why === 'string' && why !== '') return why;
  return typeof message === 'string' ? message : 'for no known reason';
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
