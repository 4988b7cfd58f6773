/** One simulated container's server: what TenSafe would answer, bent by the pod's behaviour. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer, Behaviour } from './kwok/behaviours.ts';

export interface StandInServer {
  /** Loopback ports of the API and of the metrics. */
  readonly apiPort: number;
  readonly metricsPort: number;
  /** A container that does not run refuses connections; on the same ports when it runs again. */
  readonly setRunning: (running: boolean) => Promise<void>;
}

/** Answered whatever the behaviour: to see whether requests reach this server. */
export const probePath = '/stand-in';

export interface StandInServerOptions {
  readonly version: string;
  /** Asked at each request: a pod's behaviour may change while it runs. */
  readonly behaviour: () => Behaviour;
  readonly log: (line: string) => void;
}

/** It runs when this resolves. */
export async function startStandInServer(options: StandInServerOptions): Promise<StandInServer> {
  const requests = { total: 0, errors: 0 };
  const api = createServer((request, response) => {
    const behaviour = options.behaviour();
    const path = pathOf(request);
    if (path === probePath) return sendJson(response, { status: 200, json: {} });
    if (behaviour.hangs === true) return;
    const answer = behaviour.answers?.[path] ?? healthyAnswers(options.version, behaviour)[path] ?? notFound;
    requests.total += 1;
    if (answer.status >= 500) requests.errors += 1;
    options.log(`INFO ${request.method ?? ''} ${path} ${String(answer.status)}`);
    sendJson(response, answer);
  });
  const metrics = createServer((request, response) => {
    const bent = options.behaviour().answers?.[pathOf(request)];
    if (bent !== undefined || pathOf(request) !== '/metrics') return sendJson(response, bent ?? notFound);
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(metricsText(options.version, requests));
  });
  const [apiPort, metricsPort] = await Promise.all([listen(api, 0), listen(metrics, 0)]);
  const setRunning = async (running: boolean): Promise<void> => {
    if (running === api.listening) return;
    if (running) await Promise.all([listen(api, apiPort), listen(metrics, metricsPort)]);
    else await Promise.all([close(api), close(metrics)]);
  };
  // One at a time: a server that is about to listen must not be told to again.
  let settled: Promise<unknown> = Promise.resolve();
  return {
    apiPort,
    metricsPort,
    setRunning: (running) => {
      const done = settled.then(() => setRunning(running));
      settled = done.catch(() => undefined);
      return done;
    },
  };
}

const notFound: Answer = { status: 404, json: { detail: 'Not Found' } };

function healthyAnswers(version: string, behaviour: Behaviour): Readonly<Record<string, Answer>> {
  const claimed = behaviour.claimsVersion ?? version;
  return {
    '/': { status: 200, json: { service: 'tensafe', version: claimed } },
    '/health': { status: 200, json: { status: 'healthy', version: claimed } },
    '/ready': { status: 200, json: { ready: true, status: 'ready' } },
    '/health/db': { status: 200, json: { status: 'connected', database: 'connected' } },
    '/version': { status: 200, json: { version: claimed } },
    '/v1/training': { status: 200, json: { object: 'list', data: [] } },
  };
}

function metricsText(version: string, requests: { readonly total: number; readonly errors: number }): string {
  return `# HELP tensafe_build_info Version of the running server.
# TYPE tensafe_build_info gauge
tensafe_build_info{version="${version}"} 1
# HELP http_requests_total Requests answered.
# TYPE http_requests_total counter
http_requests_total{status="ok"} ${String(requests.total - requests.errors)}
http_requests_total{status="error"} ${String(requests.errors)}
`;
}

function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? '/', 'http://localhost').pathname;
}

function sendJson(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer.json));
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((done) => server.close(done));
  server.closeAllConnections();
  await closed;
}
