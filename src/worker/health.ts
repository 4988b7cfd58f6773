/** The health endpoint: alive (`/healthz`) and able to take work (`/readyz`), for Kubernetes' probes. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { cannotListen, type ListenAddress } from './listen-address.ts';
import type { Readiness } from './readiness.ts';

export interface HealthServer {
  /** What `/readyz` asks from now on; until then the worker is starting. */
  readonly ask: (readiness: () => Promise<Readiness>) => void;
  readonly close: () => Promise<void>;
}

/** Throws `StartError` when the address is taken or is not this machine's. */
export async function startHealthServer(flag: string, address: ListenAddress): Promise<HealthServer> {
  let readiness = async (): Promise<Readiness> => ({ ready: false, reason: 'the worker is starting' });
  let asking: Promise<Readiness> | undefined;
  // However many ask at the same time, Temporal is asked once.
  const shared = () => (asking ??= readiness().finally(() => (asking = undefined)));
  const server = createServer((request, response) => void answer(request, response, shared));
  server.listen(address.port, address.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(flag, address, error instanceof Error ? error.message : String(error));
  }
  return {
    ask: (from) => {
      readiness = from;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  { method, url = '/' }: IncomingMessage,
  response: ServerResponse,
  readiness: () => Promise<Readiness>,
): Promise<void> {
  const [path] = url.split('?');
  const [status, body] =
    method !== 'GET' && method !== 'HEAD'
      ? [405, { reason: 'only GET and HEAD are answered here' }]
      : path === '/healthz'
        ? [200, { alive: true }]
        : path === '/readyz'
          ? await readiness().then((ready) => [ready.ready ? 200 : 503, ready] as const)
          : [404, { reason: 'only /healthz and /readyz are answered here' }];
  // Not a resource that anybody in between may remember.
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
