/** What PagerDuty documents that an event of its Events API v2 must hold. */
import type { IncomingMessage } from 'node:http';

export type PagingEvent = Readonly<Record<string, unknown>> & {
  readonly payload?: Readonly<Record<string, unknown>>;
};

/** The key that is known where a test names no other. */
export const routingKey = '0123456789abcdef0123456789abcdef';

const maxBytes = 512 * 1024;

export function sizeProblem(text: string): string[] {
  return Buffer.byteLength(text) > maxBytes ? ['the event is larger than 512 KB'] : [];
}

export function problemsOf(
  request: IncomingMessage,
  path: string,
  event: PagingEvent,
  known: string,
): string[] {
  const { payload = {}, links } = event;
  const rules: readonly (readonly [broken: boolean, words: string])[] = [
    [request.headers['content-type'] !== 'application/json', 'the content type must be application/json'],
    [
      typeof event['routing_key'] !== 'string' || event['routing_key'].length !== 32,
      "Length of 'routing_key' is incorrect (should be 32 characters)",
    ],
    [event['routing_key'] !== known, "'routing_key' is not known"],
    [links !== undefined && !isLinks(links), "'links' must hold objects with 'href' and 'text'"],
    ...(path === '/v2/change/enqueue' ? changeRules(payload) : alertRules(event, payload)),
  ];
  return rules.filter(([broken]) => broken).map(([, words]) => words);
}

type Rules = readonly (readonly [broken: boolean, words: string])[];

function alertRules(event: PagingEvent, payload: Readonly<Record<string, unknown>>): Rules {
  const { event_action: action, dedup_key: key } = event;
  const actions: readonly unknown[] = ['trigger', 'acknowledge', 'resolve'];
  const severities: readonly unknown[] = ['critical', 'error', 'warning', 'info'];
  return [
    [!actions.includes(action), "'event_action' is invalid"],
    [key !== undefined && (typeof key !== 'string' || key.length > 255), "'dedup_key' is too long"],
    [action !== 'trigger' && key === undefined, "'dedup_key' is missing"],
    ...(action === 'trigger'
      ? ([
          ...summaryRules(payload),
          [typeof payload['source'] !== 'string' || payload['source'] === '', "'payload.source' is missing"],
          [!severities.includes(payload['severity']), "'payload.severity' is invalid"],
        ] as const)
      : []),
  ];
}

function changeRules(payload: Readonly<Record<string, unknown>>): Rules {
  const { timestamp } = payload;
  return [
    ...summaryRules(payload),
    [
      timestamp !== undefined &&
        !(typeof timestamp === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(timestamp)),
      "'timestamp' is invalid",
    ],
  ];
}

function summaryRules({ summary }: Readonly<Record<string, unknown>>): Rules {
  return [
    [typeof summary !== 'string' || summary === '', "'payload.summary' is missing or blank"],
    [typeof summary === 'string' && summary.length > 1024, "'payload.summary' is too long"],
  ];
}

function isLinks(links: unknown): boolean {
  const isLink = (link: { readonly href?: unknown } | null): boolean => typeof link?.href === 'string';
  return Array.isArray(links) && (links as readonly { readonly href?: unknown }[]).every(isLink);
}
