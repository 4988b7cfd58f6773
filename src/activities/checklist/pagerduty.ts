/** PagerDuty's REST API, version 2. */
import { excerpt } from '../../domain/redact.ts';
import { causeOf } from '../cause.ts';
import type { Http } from '../http.ts';
import { readBounded } from '../read-bounded.ts';
import { missing, told, unknown, type Answer, type Trouble } from './answer.ts';
import { maxAnswerBytes, maxQuote, pageSize, requestMilliseconds } from './limits.ts';
import type { OnCallPerson, OnCallSystem } from './on-call.ts';

export interface PagerDutyOptions {
  readonly http: Http;
  readonly token: string;
  /** Base URL of the API, for the service region; default: that of the United States. */
  readonly url?: string;
  /** Milliseconds for one request. */
  readonly timeout?: number;
}

const defaultUrl = 'https://api.pagerduty.com';
const again = 'It is asked again by itself';

export function createPagerDuty(options: PagerDutyOptions): OnCallSystem {
  let quiet = 0;
  return {
    now: async (schedule, signal) => {
      if (Date.now() < quiet) return limited(Math.ceil((quiet - Date.now()) / 1000));
      try {
        const response = await ask(options, schedule, signal);
        const seconds = retryAfter(response);
        if (seconds !== undefined) {
          quiet = Date.now() + seconds * 1000;
          return limited(seconds);
        }
        return await read(response, schedule);
      } catch (error) {
        signal.throwIfAborted();
        return unknown(
          `PagerDuty does not answer (${causeOf(error)})`,
          `${again}; if it stays so, check the worker's way to it and onCall.url in fairway.yaml`,
        );
      }
    },
  };
}

/** Without a time range PagerDuty answers for this moment. One page tells whether there is anybody. */
function ask({ http, token, url, timeout }: PagerDutyOptions, schedule: string, signal: AbortSignal) {
  const query = new URLSearchParams([
    ['schedule_ids[]', schedule],
    ['limit', String(pageSize)],
  ]);
  const limit = AbortSignal.timeout(timeout ?? requestMilliseconds);
  return http(`${(url ?? defaultUrl).replace(/\/+$/, '')}/oncalls?${query.toString()}`, {
    headers: {
      accept: 'application/vnd.pagerduty+json;version=2',
      authorization: `Token token=${token}`,
      'content-type': 'application/json',
    },
    redirect: 'manual',
    signal: AbortSignal.any([signal, limit]),
  });
}

/** Seconds; PagerDuty's own header counts them until its window is reset. */
function retryAfter({ status, headers }: Response): number | undefined {
  if (status !== 429) return undefined;
  const seconds = Number(headers.get('ratelimit-reset') ?? headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 60;
}

function limited(seconds: number): Trouble {
  return unknown(`PagerDuty takes no more questions for ${seconds} s: its rate limit is reached`, again);
}

async function read(response: Response, schedule: string): Promise<Answer<readonly OnCallPerson[]>> {
  const body = await json(response);
  if (!response.ok) return refused(response.status, body, schedule);
  const { oncalls } = body as { readonly oncalls?: unknown };
  if (!Array.isArray(oncalls)) {
    return unknown(
      'the answer was not that of PagerDuty',
      'Check onCall.url in fairway.yaml and any proxy on the way',
    );
  }
  const people = (oncalls as readonly unknown[]).flatMap((entry) => personOf(entry) ?? []);
  if (people.length > 0) return told(people);
  return missing(
    `nobody is on call in schedule ${schedule} now`,
    'Put somebody on call in PagerDuty (a schedule counts where an escalation policy uses it)',
  );
}

/** Empty for what is no JSON object, and for more than anybody wants. */
async function json(response: Response): Promise<object> {
  try {
    const body: unknown = JSON.parse((await readBounded(response, maxAnswerBytes)) ?? '');
    return typeof body === 'object' && body !== null ? body : {};
  } catch (error) {
    // A connection that broke is no answer; a page that is not JSON is one, but not PagerDuty's.
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}

function personOf(entry: unknown): OnCallPerson | undefined {
  const { user, end } = (entry ?? {}) as {
    readonly user?: { readonly summary?: unknown; readonly html_url?: unknown } | null;
    readonly end?: unknown;
  };
  if (user === undefined || user === null) return undefined;
  return {
    name: typeof user.summary === 'string' ? user.summary : 'somebody',
    ...(typeof end === 'string' ? { until: end } : {}),
    ...(typeof user.html_url === 'string' ? { link: user.html_url } : {}),
  };
}

function refused(status: number, body: object, schedule: string): Trouble {
  const { error } = body as { readonly error?: { readonly message?: unknown } };
  const words = typeof error?.message === 'string' ? `: ${excerpt(error.message, maxQuote)}` : '';
  switch (status) {
    case 401:
      return unknown(
        `PagerDuty does not accept this worker's token${words}`,
        'Put a valid REST API key (version 2) into FAIRWAY_PAGERDUTY_TOKEN and restart the worker; keys of the EU service region need onCall.url: https://api.eu.pagerduty.com',
      );
    case 403:
      return unknown(
        `this worker's token may not read who is on call${words}`,
        'Give FAIRWAY_PAGERDUTY_TOKEN a REST API key that may read on-calls (read-only is enough)',
      );
    case 400:
    case 404:
      return unknown(
        `PagerDuty knows no schedule ${schedule}${words}`,
        "Correct the schedule's ID in fairway.yaml: it ends the schedule's address",
      );
    default:
      return unknown(
        status >= 500
          ? `PagerDuty has trouble of its own (HTTP ${status})`
          : `PagerDuty refused to answer (HTTP ${status})${words}`,
        again,
      );
  }
}
