// A small server for real pods: what TenSafe would answer, on 8000 and its metrics on 9090. Its version is its
// first argument, else VERSION; the version's end bends it: `4.1.1-unhealthy`, `4.1.1-crash`, `4.1.1-errors`
// (answers 500 to half of the requests, and says that it is well).
import { createServer } from 'node:http';

const version = process.argv[2] ?? process.env['VERSION'] ?? '0.0.0';
const bent = version.split('-')[1] ?? '';

if (bent === 'crash') {
  console.error(`ERROR version ${version} cannot start`);
  process.exit(1);
}

const requests = { ok: 0, error: 0 };

/** @type {Readonly<Record<string, object>>} */
const answers = {
  '/': { service: 'tensafe', version },
  '/version': { version },
  '/health': { status: bent === 'unhealthy' ? 'unhealthy' : 'healthy', version },
  '/ready': { ready: true, status: 'ready' },
  '/health/db': { status: 'connected', database: 'connected' },
  '/v1/training': { object: 'list', data: [] },
};
const forProbes = ['/health', '/ready', '/health/db'];

const api = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const answer = answers[pathname];
  const fails =
    bent === 'errors' && !forProbes.includes(pathname) && (requests.ok + requests.error) % 2 === 0;
  const status = fails ? 500 : answer === undefined ? 404 : 200;
  requests[status === 500 ? 'error' : 'ok'] += 1;
  response.writeHead(status, { 'content-type': 'application/json', 'x-version': version });
  response.end(
    JSON.stringify(fails ? { detail: 'Internal Server Error' } : (answer ?? { detail: 'Not Found' })),
  );
});

const metrics = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  response.end(`# HELP http_requests_total Requests answered.
# TYPE http_requests_total counter
http_requests_total{status="ok"} ${String(requests.ok)}
http_requests_total{status="error"} ${String(requests.error)}
`);
});

api.listen(8000);
metrics.listen(9090);
console.log(`INFO version ${version} is up`);

// Open requests are answered, idle connections end, then the process does.
process.on('SIGTERM', () => {
  console.log('INFO stopping');
  metrics.close();
  api.close();
  api.closeIdleConnections();
});
