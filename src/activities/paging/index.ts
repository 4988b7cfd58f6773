import { Context } from '@temporalio/activity';
import type { Change } from '../../domain/paging.ts';
import type { Http } from '../http.ts';
import { maxDedupKey, maxSummary } from './limits.ts';
import { sendEvent } from './pagerduty.ts';
import type { PagingActivities, PagingAnswer } from './types.ts';

/** The part of a logger that is used. */
export interface PagingLog {
  warn(message: string, attributes?: Record<string, unknown>): void;
}

/** Without a routing key every text is logged instead. */
export function createPagingActivities(deps: {
  /** `fetch`. */
  readonly http: Http;
  readonly routingKey?: string | undefined;
  readonly log: PagingLog;
}): PagingActivities {
  const { http, routingKey, log } = deps;
  if (routingKey === undefined) return loggingActivities(log);
  const send = async (what: Parameters<typeof sendEvent>[1]): Promise<PagingAnswer> => {
    const { cancellationSignal } = Context.current();
    await sendEvent({ http, routingKey }, what, cancellationSignal);
    return { outcome: 'accepted' };
  };
  return {
    /** Idempotent by its key. */
    page: ({ policy, dedupKey, severity, ...rest }) =>
      send({
        url: policy.url,
        path: '/v2/enqueue',
        doing: `wake somebody about ${rest.source}`,
        event: {
          event_action: 'trigger',
          dedup_key: keyOf(dedupKey),
          client: 'Fairway',
          payload: { ...payloadOf(rest), severity },
          links: rest.links,
        },
      }),

    /** Idempotent: what is closed, or was never open, stays so. */
    resolvePage: async ({ policy, dedupKey, also = [] }) => {
      for (const key of [dedupKey, ...also]) {
        await send({
          url: policy.url,
          path: '/v2/enqueue',
          doing: `close the page ${key}`,
          event: { event_action: 'resolve', dedup_key: keyOf(key) },
        });
      }
      return { outcome: 'accepted' };
    },

    /** Change events have no key: told twice when a worker dies before it has recorded the answer. */
    tellChange: ({ policy, ...change }) =>
      send({
        url: policy.url,
        path: '/v2/change/enqueue',
        doing: `tell of a change of ${change.source}`,
        event: {
          payload: { ...payloadOf(change), timestamp: new Date().toISOString() },
          links: change.links,
        },
      }),
  };
}

function payloadOf({ summary, source, details }: Change) {
  return { summary: cut(summary, maxSummary), source, custom_details: details };
}

/** In UTF-16 units, the strictest way to count, and without half a character at the end. */
function cut(text: string, limit: number): string {
  return text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '');
}

function keyOf(dedupKey: string): string {
  return dedupKey.slice(0, maxDedupKey);
}

function loggingActivities(log: PagingLog): PagingActivities {
  const write = (text: string, attributes: Record<string, unknown>): Promise<PagingAnswer> => {
    log.warn(`paging (no FAIRWAY_PAGERDUTY_ROUTING_KEY): ${text}`, attributes);
    return Promise.resolve({ outcome: 'unconfigured' });
  };
  return {
    page: ({ summary, dedupKey }) => write(summary, { dedupKey }),
    resolvePage: ({ dedupKey }) => write(`would close ${dedupKey}`, { dedupKey }),
    tellChange: ({ summary, source }) => write(summary, { source }),
  };
}
