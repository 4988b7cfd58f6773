/** A real Prometheus that scrapes the pods of one namespace, where there is one: see `npm run test:real -- --help`. */
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { openSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreV1Api, type KubeConfig } from '@kubernetes/client-node';
import { freePorts } from '../../local/free-port.ts';

/** Path of the program; `undefined`: there is none on this machine. */
export const prometheusProgram = process.env['FAIRWAY_TEST_PROMETHEUS'];

export interface Prometheus {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const metricsPort = 9090;
const startTimeoutMs = 120_000;
const askAgainMs = 100;

export async function startPrometheus(
  program: string,
  at: { readonly folder: string; readonly config: KubeConfig; readonly namespace: string },
): Promise<Prometheus> {
  const targets = await serveTargets(at.config.makeApiClient(CoreV1Api), at.namespace);
  const [port = 0] = await freePorts([0]);
  const url = `http://127.0.0.1:${port}`;
  const file = join(at.folder, 'prometheus.yml');
  const logFile = join(at.folder, 'prometheus.log');
  const data = join(at.folder, 'prometheus');
  await mkdir(data);
  await writeFile(file, configuration(targets.url));
  const log = openSync(logFile, 'a');
  const child = spawn(
    program,
    [`--config.file=${file}`, `--storage.tsdb.path=${data}`, `--web.listen-address=127.0.0.1:${port}`],
    { stdio: ['ignore', log, log] },
  );
  const endWithParent = () => child.kill('SIGKILL');
  process.once('exit', endWithParent);
  const ended = once(child, 'exit').finally(() => process.off('exit', endWithParent));
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    targets.server.close();
    targets.server.closeAllConnections();
  };
  const deadline = Date.now() + startTimeoutMs;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`${program} does not become ready:\n${await readFile(logFile, 'utf8')}`);
    }
    await sleep(askAgainMs);
  }
  return { url, stop };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/-/ready`)).ok;
  } catch {
    return false;
  }
}

/** Tells it what to scrape: every build knows this way, not every one knows Kubernetes. */
async function serveTargets(core: CoreV1Api, namespace: string): Promise<{ server: Server; url: string }> {
  const find = async () => {
    const { items } = await core.listNamespacedPod({ namespace });
    return items.flatMap(({ metadata, status }) =>
      status?.podIP === undefined
        ? []
        : [
            {
              targets: [`${status.podIP}:${metricsPort}`],
              labels: { namespace, pod: metadata?.name ?? '' },
            },
          ],
    );
  };
  const server = createServer((_request, response) => {
    find().then(
      (found) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Often: a test has no minutes. */
function configuration(targets: string): string {
  return `
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: pods
    http_sd_configs: [{ url: ${targets}, refresh_interval: 1s }]
`;
}
