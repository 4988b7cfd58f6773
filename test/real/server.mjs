// A small server for real pods: what TenSafe would answer, on 8000 and its metrics on 9090. Its version is its
// first argument, else VERSION; the version's end bends it: `4.3.0-unhealthy` says so; `4.3.0-crash` does not
// start; `4.3.0-errors` answers 500 to every second request, and says that it is well; `4.3.0-wears` answers 500
// to all requests after its first ones; `4.0.0-abrupt` takes a second for an answer, and ends the moment it is told to.
import { createServer } from 'node:http';

const version = process.argv[2] ?? process.env['VERSION'] ?? '0.0.0';
const bent = version.split('-')[1] ?? '';

if (bent === 'crash') {
  console.error(`ERROR version ${version} cannot start`);
  process.exit(1);
}

/** Requests that `wears` answers well: more than any smoke test sends. */
const wearsAfter = 20;

const requests = { ok: 0, error: 0 };
/** Requests that no probe and no check sends. */
let real = 0;

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

/** @param {string} pathname */
function fails(pathname) {
  if (forProbes.includes(pathname)) return false;
  real += 1;
  // The first one fails, so that a smoke test finds it.
  return (bent === 'errors' && real % 2 === 1) || (bent === 'wears' && real > wearsAfter);
}

const api = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const answer = answers[pathname];
  const failed = fails(pathname);
  const status = failed ? 500 : answer === undefined ? 404 : 200;
  requests[failed ? 'error' : 'ok'] += 1;
  if (failed) console.error(`ERROR ${pathname} failed`);
  const body = failed ? { detail: 'Internal Server Error' } : (answer ?? { detail: 'Not Found' });
  const send = () => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-version': version });
    response.end(JSON.stringify(body));
  };
  if (bent === 'abrupt' && !forProbes.includes(pathname)) setTimeout(send, 1_000);
  else send();
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
  if (bent === 'abrupt') process.exit(0);
  console.log('INFO stopping');
  metrics.close();
  api.close();
  api.closeIdleConnections();
});
