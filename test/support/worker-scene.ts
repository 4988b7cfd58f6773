/** A worker process that needs no cluster: its only environment's API server is a local one that a test holds. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';

export const controlQueue = 'control';

const configuration = `
temporal: { taskQueue: ${controlQueue} }
environments:
  dev: { cluster: here, namespace: shop, taskQueue: dev }
services:
  shop: { image: example/shop }
`;

export interface WorkerScene {
  readonly folder: string;
  readonly start: (options: {
    readonly temporalAddress: string;
    readonly args?: readonly string[];
    readonly env?: NodeJS.ProcessEnv;
  }) => WorkerProcess;
  /** What the workers wrote. */
  readonly log: () => Promise<string>;
  /** Resolves when the API server has a request that waits for its answer. */
  readonly asked: () => Promise<void>;
  /** Answers all requests from now on, also those that wait: nothing is there. */
  readonly letGo: () => void;
  readonly close: () => Promise<void>;
}

/** What a worker says of its readiness there, once it is ready: Temporal has two seconds to answer, each time. */
export function untilWorkerReady(port: number | undefined): Promise<{ readonly ready: boolean }> {
  return eventually(
    async () =>
      (await (await fetch(`http://127.0.0.1:${String(port)}/readyz`)).json()) as { readonly ready: boolean },
    ({ ready }) => ready,
  );
}

export async function openWorkerScene(): Promise<WorkerScene> {
  const folder = await mkdtemp(join(tmpdir(), 'fairway-worker-'));
  const file = (name: string) => join(folder, name);
  const waiting = new Set<ServerResponse>();
  let isHeld = true;
  const cluster = createServer((_request, response) => {
    waiting.add(response);
    response.on('close', () => waiting.delete(response));
    cluster.emit('asked');
    if (!isHeld) notFound(response);
  });
  await once(cluster.listen(0, '127.0.0.1'), 'listening');
  const { port } = cluster.address() as AddressInfo;
  await writeFile(file('fairway.yaml'), configuration);
  await writeFile(file('kubeconfig'), kubeconfig(`http://127.0.0.1:${String(port)}`));
  const started: WorkerProcess[] = [];
  return {
    folder,
    start: ({ temporalAddress, args, env }) => {
      const worker = startWorkerProcess({
        temporalAddress,
        configFile: file('fairway.yaml'),
        kubeconfig: file('kubeconfig'),
        helm: 'helm',
        logFile: file('worker.log'),
        args: args ?? [],
        env: { SLACK_BOT_TOKEN: '', ...env },
      });
      // Whoever does not wait for it to serve looks at how it ended.
      worker.ready.catch(() => undefined);
      started.push(worker);
      return worker;
    },
    log: () => readFile(file('worker.log'), 'utf8'),
    asked: async () => {
      if (waiting.size === 0) await once(cluster, 'asked');
    },
    letGo: () => {
      isHeld = false;
      waiting.forEach(notFound);
    },
    close: async () => {
      await Promise.all(started.map((worker) => worker.kill9()));
      cluster.closeAllConnections();
      cluster.close();
      await rm(folder, { recursive: true });
    },
  };
}

function notFound(response: ServerResponse): void {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };
  response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(status));
}

function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'here', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'me', user: {} }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
    'current-context': 'here',
  });
}
