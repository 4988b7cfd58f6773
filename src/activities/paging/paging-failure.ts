/** What PagerDuty's refusals mean, and what a person does about each. The routing key is never repeated. */
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';
import { excerpt } from '../../domain/redact.ts';
import { maxQuote, rateLimitSeconds, routingKeyLength } from './limits.ts';

const checkKey = `Put the integration key (${routingKeyLength} characters) of an "Events API v2" integration into FAIRWAY_PAGERDUTY_ROUTING_KEY and restart the worker`;
const checkUrl = 'Check paging.url in fairway.yaml and any proxy on the way';

/** Of an answer that does not accept the event. `doing` is the call in words. */
export function answerFailure(
  doing: string,
  { status, headers }: Response,
  text: string,
  routingKey: string,
): ApplicationFailure {
  const said = vendorsWords(text, routingKey);
  if (status === 429) {
    const asked = Number(headers.get('retry-after'));
    const seconds = asked > 0 ? asked : rateLimitSeconds;
    return pagingUnavailable(
      doing,
      'PagerDuty takes no more events for now: its rate limit is reached',
      seconds,
    );
  }
  if (status >= 500 || status === 408)
    return pagingUnavailable(doing, `PagerDuty has trouble of its own (HTTP ${status})`);
  if (status === 400) {
    const remedy = /routing[_ ]key/i.test(said) ? checkKey : 'Nobody was told; look at the release yourself';
    return pagingRejected(doing, `PagerDuty refused the event${said}. ${remedy}`);
  }
  if (status === 401 || status === 403)
    return pagingRejected(doing, `PagerDuty does not accept this worker's routing key${said}. ${checkKey}`);
  return pagingRejected(doing, `the answer (HTTP ${status}) was not that of PagerDuty. ${checkUrl}`);
}

export function pagingUnavailable(doing: string, why: string, seconds?: number): ApplicationFailure {
  return ApplicationFailure.create({
    message: `cannot ${doing}: ${why}. It is tried again.`,
    type: failureTypes.pagingUnavailable,
    ...(seconds === undefined ? {} : { nextRetryDelay: `${Math.max(1, Math.ceil(seconds))}s` }),
  });
}

export function pagingRejected(doing: string, why: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`cannot ${doing}: ${why}.`, failureTypes.pagingRejected);
}

/** `: its own words`, or nothing. */
function vendorsWords(text: string, routingKey: string): string {
  const { message, errors } = objectIn(text) as { readonly message?: unknown; readonly errors?: unknown };
  const all = [message, ...(Array.isArray(errors) ? (errors as readonly unknown[]) : [])];
  const words = all.filter((one) => typeof one === 'string').join('; ');
  if (words === '') return '';
  return `: ${excerpt(words.replaceAll(routingKey, '[redacted]'), maxQuote)}`;
}

function objectIn(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
