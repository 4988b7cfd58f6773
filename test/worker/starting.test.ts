/** A worker process before it serves: what it warns of, and how it stops when its server does not answer. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startWorkerProcess, type WorkerProcess } from '../../local/worker-process.ts';

const configuration = `
environments:
  staging: { cluster: here, namespace: staging }
  production: { cluster: here, namespace: production, paging: { kind: pagerduty } }
services:
  shop: { image: example/shop }
`;

let folder: string;
/** It takes connections, and says nothing. */
let silent: Server;
const sockets = new Set<Socket>();
let worker: WorkerProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-starting-'));
  await writeFile(join(folder, 'fairway.yaml'), configuration);
  silent = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  await once(silent.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  await worker?.kill9();
  for (const socket of sockets) socket.destroy();
  silent.close();
  await rm(folder, { recursive: true });
});

/** Tells a worker to stop as soon as it waits for the server. */
async function stoppedWhileConnecting(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const lines: string[] = [];
  const asked = once(silent, 'connection');
  const heardAll = new Promise<void>((resolve) => {
    worker = startWorkerProcess({
      temporalAddress: `127.0.0.1:${String((silent.address() as AddressInfo).port)}`,
      configFile: join(folder, 'fairway.yaml'),
      helm: 'helm',
      logFile: join(folder, 'worker.log'),
      args: [...args, '--log-format', 'json'],
      env: { FAIRWAY_PAGERDUTY_ROUTING_KEY: '', ...env },
      onLine: (line) => {
        lines.push(line);
        if (line.includes('SIGTERM: ends before it has served anything.')) resolve();
      },
    });
  });
  worker?.ready.catch(() => undefined);
  await asked;
  const told = Date.now();
  await worker?.stop();
  const milliseconds = Date.now() - told;
  const exitCode = await worker?.ended;
  if (exitCode === 0) await heardAll;
  return { lines, milliseconds, exitCode };
}

test('told to stop while its server does not answer, it ends at once and in order', async () => {
  const { exitCode, milliseconds } = await stoppedWhileConnecting(['--no-environments']);
  expect(exitCode).toBe(0);
  expect(milliseconds).toBeLessThan(60_000);
});

test('a control worker without a secret that fairway.yaml asks for says so, whatever becomes of its server', async () => {
  const { lines } = await stoppedWhileConnecting(['--no-environments']);
  const warned =
    /"level":"warn".*FAIRWAY_PAGERDUTY_ROUTING_KEY is not set, and paging of production needs it: nobody is woken/;
  expect(lines).toContainEqual(expect.stringMatching(warned));
});

test.each([
  ['one that has it', ['--no-environments'], { FAIRWAY_PAGERDUTY_ROUTING_KEY: 'key' }],
  ["a cluster's worker", ['--no-control'], {}],
])('%s does not', async (_name, args, env) => {
  await writeFile(join(folder, 'kubeconfig'), kubeconfig);
  const { lines } = await stoppedWhileConnecting([...args, '--kubeconfig', join(folder, 'kubeconfig')], env);
  expect(lines).not.toContainEqual(expect.stringContaining('FAIRWAY_PAGERDUTY_ROUTING_KEY'));
});

const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'here', cluster: { server: 'http://127.0.0.1:9' } }],
  users: [{ name: 'me', user: {} }],
  contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
  'current-context': 'here',
});
