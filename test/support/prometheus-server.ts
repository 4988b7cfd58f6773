/**
 * A local server that speaks Prometheus' HTTP API for tests: answers queries from given series, refuses
 * what Prometheus would refuse to parse, and fails on demand. It does not evaluate PromQL: what a query
 * stands for is said by the test.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, cutOff, Faults, listenLocally, sendJson, sendPage } from './local-server.ts';
import { promqlProblem } from './promql-shape.ts';

/** A number for each series, at a time in Unix seconds; `NaN` and infinities as Prometheus has them. */
export type Series = (time: number, query: string) => readonly number[];

export type PrometheusFault = {
  /** Only queries that match. */
  readonly query?: RegExp;
  /** Default: every time, until `heal`. */
  readonly times?: number;
} & (
  | { readonly mode: 'outage' }
  | { readonly mode: 'cutOff' }
  | { readonly mode: 'hang' }
  | { readonly mode: 'status'; readonly status: number; readonly body?: string }
  /** Prometheus' own refusal of a query. */
  | { readonly mode: 'error'; readonly status: number; readonly errorType: string; readonly error: string }
  | { readonly mode: 'warning'; readonly warning: string }
  | { readonly mode: 'histogram' }
  /** An answer of so many bytes. */
  | { readonly mode: 'huge'; readonly bytes: number }
  | { readonly mode: 'page' }
  | { readonly mode: 'noPosts' }
);

export interface AskedQuery {
  readonly path: string;
  readonly method: string;
  readonly query: string;
  /** The other parameters, as they came. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface PrometheusServer {
  readonly url: string;
  /** In order, faults included. */
  readonly asked: readonly AskedQuery[];
  /** The first that matches answers; a query that none matches has no data. */
  answer(query: RegExp, series: Series): void;
  fail(fault: PrometheusFault): void;
  heal(): void;
  stop(): Promise<void>;
}

/** Prometheus refuses longer answers. */
const maxPoints = 11_000;

export async function startPrometheusServer(): Promise<PrometheusServer> {
  const asked: AskedQuery[] = [];
  const answers: { readonly query: RegExp; readonly series: Series }[] = [];
  const faults = new Faults<PrometheusFault>();

  const seriesFor = (query: string): Series =>
    answers.find((one) => one.query.test(query))?.series ?? (() => []);

  const respond = (response: ServerResponse, one: AskedQuery): void => {
    const fault = faults.next(({ query = /^/ }) => query.test(one.query));
    const data = () => evaluate(one, seriesFor(one.query));
    switch (fault?.mode) {
      case undefined:
        return sendJson(response, 200, { status: 'success', data: data() });
      case 'outage':
        return void response.destroy();
      case 'cutOff':
        return cutOff(response, '{"status":"success",');
      case 'hang':
        return;
      case 'status':
        return void response.writeHead(fault.status).end(fault.body ?? '');
      case 'error':
        return sendJson(response, fault.status, {
          status: 'error',
          errorType: fault.errorType,
          error: fault.error,
        });
      case 'warning':
        return sendJson(response, 200, { status: 'success', data: data(), warnings: [fault.warning] });
      case 'histogram':
        return sendJson(response, 200, {
          status: 'success',
          data: { resultType: 'vector', result: [{ metric: {}, histogram: [0, { count: '1', sum: '1' }] }] },
        });
      case 'huge':
        return void response.writeHead(200).end('x'.repeat(fault.bytes));
      case 'page':
        return sendPage(response);
      case 'noPosts':
        if (one.method === 'POST') return void response.writeHead(405).end('Method Not Allowed');
        return sendJson(response, 200, { status: 'success', data: data() });
    }
  };

  const server = await listenLocally((request, response) => {
    read(request).then(
      (one) => {
        asked.push(one);
        try {
          respond(response, one);
        } catch (error) {
          if (!(error instanceof BadData)) throw error;
          sendJson(response, 400, { status: 'error', errorType: 'bad_data', error: error.message });
        }
      },
      () => response.destroy(),
    );
  });
  return {
    url: server.origin,
    asked,
    answer: (query, series) => void answers.push({ query, series }),
    fail: faults.fail,
    heal: faults.heal,
    stop: server.stop,
  };
}

class BadData extends Error {}

async function read(request: IncomingMessage): Promise<AskedQuery> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
  const body = await bodyOf(request);
  const form = new URLSearchParams(isForm ? body : '');
  const { query = '', ...parameters } = Object.fromEntries([...searchParams, ...form]);
  return { path: pathname, method: request.method ?? '', query, parameters };
}

function evaluate({ path, query, parameters }: AskedQuery, series: Series) {
  const problem = promqlProblem(query);
  if (problem !== undefined) throw new BadData(`invalid parameter "query": ${problem}`);
  if (path.endsWith('/api/v1/query')) {
    const time = number(parameters, 'time');
    const result = series(time, query).map((value, i) => ({
      metric: labels(i),
      value: [time, written(value)],
    }));
    return { resultType: 'vector', result };
  }
  if (!path.endsWith('/api/v1/query_range')) throw new BadData(`no such endpoint: ${path}`);
  const [start, end, step] = [
    number(parameters, 'start'),
    number(parameters, 'end'),
    number(parameters, 'step'),
  ];
  if (end < start) throw new BadData('invalid parameter "end": end timestamp must not be before start time');
  if (step <= 0) throw new BadData('invalid parameter "step": zero or negative query resolution step widths');
  if ((end - start) / step > maxPoints) throw new BadData('exceeded maximum resolution of 11,000 points');
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => start + i * step);
  const count = Math.max(0, ...times.map((time) => series(time, query).length));
  const result = Array.from({ length: count }, (_, i) => ({
    metric: labels(i),
    values: times.flatMap((time) => {
      const value = series(time, query)[i];
      return value === undefined ? [] : [[time, written(value)]];
    }),
  }));
  return { resultType: 'matrix', result };
}

function labels(i: number): Readonly<Record<string, string>> {
  return i === 0 ? {} : { series: String(i) };
}

function number(parameters: Readonly<Record<string, string>>, name: string): number {
  const value = Number(parameters[name] ?? NaN);
  if (!Number.isFinite(value))
    throw new BadData(`invalid parameter "${name}": cannot parse to a valid number`);
  return value;
}

function written(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
