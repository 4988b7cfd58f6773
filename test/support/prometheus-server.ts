/**
 * A local server that speaks Prometheus' HTTP API for tests: answers queries from given series, refuses
 * what Prometheus would refuse to parse, and fails on demand. It does not evaluate PromQL: what a query
 * stands for is said by the test.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
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
  let faults: { readonly fault: PrometheusFault; left: number }[] = [];

  const seriesFor = (query: string): Series =>
    answers.find((one) => one.query.test(query))?.series ?? (() => []);

  const nextFault = (query: string): PrometheusFault | undefined => {
    const entry = faults.find(({ fault, left }) => left > 0 && (fault.query ?? /^/).test(query));
    if (entry !== undefined) entry.left -= 1;
    return entry?.fault;
  };

  const respond = (response: ServerResponse, one: AskedQuery): void => {
    const fault = nextFault(one.query);
    const data = () => evaluate(one, seriesFor(one.query));
    switch (fault?.mode) {
      case undefined:
        return send(response, 200, { status: 'success', data: data() });
      case 'outage':
        return void response.destroy();
      case 'cutOff':
        response.writeHead(200, { 'Content-Length': 1000 }).write('{"status":"success",');
        return void setImmediate(() => response.destroy());
      case 'hang':
        return;
      case 'status':
        return void response.writeHead(fault.status).end(fault.body ?? '');
      case 'error':
        return send(response, fault.status, {
          status: 'error',
          errorType: fault.errorType,
          error: fault.error,
        });
      case 'warning':
        return send(response, 200, { status: 'success', data: data(), warnings: [fault.warning] });
      case 'histogram':
        return send(response, 200, {
          status: 'success',
          data: { resultType: 'vector', result: [{ metric: {}, histogram: [0, { count: '1', sum: '1' }] }] },
        });
      case 'huge':
        return void response.writeHead(200).end('x'.repeat(fault.bytes));
      case 'page':
        return void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Sign in</html>');
      case 'noPosts':
        if (one.method === 'POST') return void response.writeHead(405).end('Method Not Allowed');
        return send(response, 200, { status: 'success', data: data() });
    }
  };

  const server = createServer((request, response) => {
    read(request).then(
      (one) => {
        asked.push(one);
        try {
          respond(response, one);
        } catch (error) {
          if (!(error instanceof BadData)) throw error;
          send(response, 400, { status: 'error', errorType: 'bad_data', error: error.message });
        }
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (query, series) => void answers.push({ query, series }),
    fail: (fault) => void faults.push({ fault, left: fault.times ?? Infinity }),
    heal: () => {
      faults = [];
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class BadData extends Error {}

async function read(request: IncomingMessage): Promise<AskedQuery> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
  const form = new URLSearchParams(isForm ? Buffer.concat(chunks).toString() : '');
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

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
