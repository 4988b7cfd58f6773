/**
 * A local server that speaks `GET /api/v2/alerts` of Alertmanager: checks parameters and matchers as Alertmanager
 * does, answers those of its alerts that the matchers select, and fails on demand.
 */
import type { ServerResponse } from 'node:http';
import { cutOff, Faults, listenLocally, sendJson, sendPage } from './local-server.ts';

export interface ServedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly state?: 'active' | 'suppressed';
}

export type AlertmanagerFault = {
  /** Default: every time, until `heal`. */
  readonly times?: number;
} & (
  | { readonly mode: 'outage' }
  | { readonly mode: 'cutOff' }
  | { readonly mode: 'hang' }
  | { readonly mode: 'status'; readonly status: number; readonly body?: string }
  | { readonly mode: 'page' }
  | { readonly mode: 'huge'; readonly bytes: number }
);

export interface AlertmanagerServer {
  readonly url: string;
  /** The matchers of each question, in order, faults included. */
  readonly asked: readonly (readonly string[])[];
  readonly alerts: ServedAlert[];
  fail(fault: AlertmanagerFault): void;
  heal(): void;
  stop(): Promise<void>;
}

const flags = ['active', 'silenced', 'inhibited', 'unprocessed'];

export async function startAlertmanagerServer(): Promise<AlertmanagerServer> {
  const asked: (readonly string[])[] = [];
  const alerts: ServedAlert[] = [];
  const faults = new Faults<AlertmanagerFault>();
  const server = await listenLocally((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const filters = searchParams.getAll('filter');
    asked.push(filters);
    const fault = faults.next();
    if (fault !== undefined) return failWith(fault, response);
    if (request.method !== 'GET' || pathname !== '/api/v2/alerts') return sendJson(response, 404, {});
    const isKnown = [...searchParams].every(([name, value]) =>
      flags.includes(name) ? value === 'true' || value === 'false' : name === 'filter' || name === 'receiver',
    );
    const matchers = filters.map(parse);
    if (!isKnown || matchers.includes(undefined)) {
      return sendJson(response, 400, `bad matcher format: ${filters[matchers.indexOf(undefined)] ?? ''}`);
    }
    const wanted = (state: string) =>
      searchParams.get(state === 'active' ? 'active' : 'silenced') !== 'false';
    const found = alerts
      .filter(({ state = 'active' }) => wanted(state))
      .filter(({ labels }) => matchers.every((matches) => matches?.(labels) === true));
    sendJson(response, 200, found.map(body));
  });
  return {
    url: server.origin,
    asked,
    alerts,
    fail: faults.fail,
    heal: faults.heal,
    stop: server.stop,
  };
}

/** A label that is not there counts as empty. */
function parse(filter: string): ((labels: ServedAlert['labels']) => boolean) | undefined {
  const [, name, operator, inside] =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"$/.exec(filter) ?? [];
  if (name === undefined || operator === undefined || inside === undefined) return undefined;
  const value = inside.replace(/\\([n"\\])/g, (_all, one: string) => (one === 'n' ? '\n' : one));
  return (labels) => {
    const seen = labels[name] ?? '';
    const equal = operator.endsWith('~') ? new RegExp(`^(?:${value})$`).test(seen) : seen === value;
    return equal !== operator.startsWith('!');
  };
}

function body({ labels, annotations = {}, since, state = 'active' }: ServedAlert) {
  const startsAt = new Date(since).toISOString();
  return {
    annotations,
    endsAt: new Date(since + 3_600_000).toISOString(),
    fingerprint: Buffer.from(JSON.stringify(labels)).toString('hex').slice(0, 16),
    receivers: [{ name: 'default' }],
    startsAt,
    status: { inhibitedBy: [], silencedBy: state === 'active' ? [] : ['a'], state },
    updatedAt: startsAt,
    generatorURL: 'http://prometheus.example/graph',
    labels,
  };
}

function failWith(fault: AlertmanagerFault, response: ServerResponse): void {
  switch (fault.mode) {
    case 'outage':
      return void response.destroy();
    case 'cutOff':
      return cutOff(response, '[{"labels":');
    case 'hang':
      return;
    case 'status':
      return void response.writeHead(fault.status).end(fault.body ?? '');
    case 'page':
      return sendPage(response);
    case 'huge':
      return void response.writeHead(200).end('x'.repeat(fault.bytes));
  }
}
