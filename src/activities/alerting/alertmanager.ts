/** Alertmanager's HTTP API, version 2. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fillMatchers } from '../../domain/alerts-matchers.ts';
import type { AlertsObservation } from '../../domain/alerts.ts';
import { excerpt } from '../../domain/redact.ts';
import { causeOf } from '../cause.ts';
import { readBounded } from '../read-bounded.ts';
import type { Http } from '../http.ts';
import { readAlerts } from './alertmanager-answer.ts';
import { askTimeoutSeconds, maxAnswerBytes, maxAttempts, maxExcerpt, retryAfterMs } from './limits.ts';
import type { ReadAlerts } from './types.ts';

export function createAlertReader(http: Http): ReadAlerts {
  return async (spec, target, signal) => {
    const filled = fillMatchers(spec, target);
    if (!filled.ok) return { state: 'unknown', reason: filled.problem };
    const query = new URLSearchParams([
      // What somebody silenced, or a larger trouble explains, is no news.
      ...Object.entries({ active: 'true', silenced: 'false', inhibited: 'false' }),
      ...filled.matchers.map((matcher): [string, string] => ['filter', matcher]),
    ]);
    const url = `${spec.alertmanager.replace(/\/+$/, '')}/api/v2/alerts?${query.toString()}`;
    for (let attempt = 1; ; attempt += 1) {
      const { seen, again } = await ask(http, url, signal);
      if (!again || attempt >= maxAttempts) return seen;
      await sleep(retryAfterMs, undefined, { signal });
    }
  };
}

interface Answer {
  readonly seen: AlertsObservation;
  readonly again: boolean;
}

async function ask(http: Http, url: string, cancelled: AbortSignal): Promise<Answer> {
  const timeout = AbortSignal.timeout(askTimeoutSeconds * 1000);
  try {
    const response = await http(url, {
      method: 'GET',
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.any([cancelled, timeout]),
    });
    const text = await readBounded(response, maxAnswerBytes);
    if (text === undefined) return unknown(`the answer is larger than ${maxAnswerBytes} bytes`, false);
    if (response.ok) return { seen: readAlerts(text), again: false };
    const said = text === '' ? '' : `: ${excerpt(text, maxExcerpt)}`;
    const again = response.status === 429 || response.status >= 500;
    return unknown(`Alertmanager answered HTTP ${response.status}${said}`, again);
  } catch (error) {
    cancelled.throwIfAborted();
    if (timeout.aborted) return unknown(`no answer from Alertmanager within ${askTimeoutSeconds} s`, true);
    return unknown(`Alertmanager cannot be reached: ${causeOf(error)}`, true);
  }
}

function unknown(reason: string, again: boolean): Answer {
  return { seen: { state: 'unknown', reason }, again };
}
