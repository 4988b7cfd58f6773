/** PagerDuty's Events API, version 2: alert events wake people, change events do not. */
import { causeOf } from '../cause.ts';
import { readBounded } from '../read-bounded.ts';
import type { Http } from '../http.ts';
import { maxAnswerBytes, maxEventBytes, requestMilliseconds } from './limits.ts';
import { answerFailure, pagingRejected, pagingUnavailable } from './paging-failure.ts';

export interface Sender {
  /** Base URL of the API. */
  readonly url: string;
  readonly path: '/v2/enqueue' | '/v2/change/enqueue';
  readonly event: object;
  /** What is being done, for example `wake somebody`. */
  readonly doing: string;
}

/** Resolves when the event is accepted; see `PagingActivities` for what it throws. */
export async function sendEvent(
  { http, routingKey }: { readonly http: Http; readonly routingKey: string },
  { url, path, event, doing }: Sender,
  cancelled: AbortSignal,
): Promise<void> {
  const body = JSON.stringify({ routing_key: routingKey, ...event });
  if (Buffer.byteLength(body) > maxEventBytes) {
    throw pagingRejected(doing, `the event is larger than ${maxEventBytes} bytes`);
  }
  const timeout = AbortSignal.timeout(requestMilliseconds);
  let response: Response;
  let text: string;
  try {
    response = await http(`${url.replace(/\/+$/, '')}${path}`, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([cancelled, timeout]),
    });
    text = (await readBounded(response, maxAnswerBytes)) ?? '';
  } catch (error) {
    cancelled.throwIfAborted();
    throw pagingUnavailable(doing, `PagerDuty does not answer (${causeOf(error)})`);
  }
  if (response.status !== 202) throw answerFailure(doing, response, text, routingKey);
}
