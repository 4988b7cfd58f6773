/** A real Prometheus, with a real Alertmanager beside it, that scrape the simulated pods of some namespaces. */
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../local/free-port.ts';
import { NO_MONITORING } from '../../local/test-programs.mjs';
import type { StandIns } from './stand-ins.ts';

export interface Monitoring {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly stop: () => Promise<void>;
}

const startTimeoutMs = 120_000;
const askAgainMs = 50;

/** Where the test skips only when told to; throws one sentence with the remedy when the programs are missing. */
export function monitoringPrograms() {
  const prometheus = process.env['FAIRWAY_TEST_PROMETHEUS'];
  const alertmanager = process.env['FAIRWAY_TEST_ALERTMANAGER'];
  if (prometheus !== undefined && alertmanager !== undefined) return { prometheus, alertmanager };
  throw new Error(NO_MONITORING);
}

/** `rules` is the content of a file of alerting rules. */
export async function startMonitoring(options: {
  readonly folder: string;
  readonly standIns: StandIns;
  readonly rules: string;
}): Promise<Monitoring> {
  const { folder, standIns, rules } = options;
  const programs = monitoringPrograms();
  const targets = await serveTargets(standIns);
  const [port = 0, alertsPort = 0] = await freePorts([0, 0]);
  const file = (name: string): string => join(folder, name);
  await mkdir(file('data'), { recursive: true });
  await writeFile(file('rules.yml'), rules);
  await writeFile(file('alertmanager.yml'), 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n');
  await writeFile(
    file('prometheus.yml'),
    `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${alertsPort}'] }] }] }
scrape_configs:
  - job_name: pods
    http_sd_configs: [{ url: '${targets.url}', refresh_interval: 1s }]
`,
  );
  const started = await Promise.all([
    start(programs.prometheus, port, file('prometheus.log'), [
      `--config.file=${file('prometheus.yml')}`,
      `--storage.tsdb.path=${file('data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]),
    start(programs.alertmanager, alertsPort, file('alertmanager.log'), [
      `--config.file=${file('alertmanager.yml')}`,
      `--storage.path=${file('alerts')}`,
      `--web.listen-address=127.0.0.1:${alertsPort}`,
      // No other instances to talk with.
      '--cluster.listen-address=',
    ]),
  ]);
  return {
    prometheus: `http://127.0.0.1:${port}`,
    alertmanager: `http://127.0.0.1:${alertsPort}`,
    stop: async () => {
      await Promise.all(started.map((stop) => stop()));
      targets.server.close();
      targets.server.closeAllConnections();
    },
  };
}

/** Resolves when it is ready, to what ends it; it ends with this process in any case. */
async function start(program: string, port: number, logFile: string, args: readonly string[]) {
  const log = openSync(logFile, 'a');
  const child = spawn(program, args, { stdio: ['ignore', log, log] });
  const endWithParent = () => child.kill('SIGKILL');
  process.once('exit', endWithParent);
  const ended = once(child, 'exit').finally(() => process.off('exit', endWithParent));
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const answers = await isReady(`http://127.0.0.1:${port}/-/ready`);
    // Without it, somebody else answers there.
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`${program} does not become ready:\n${await readFile(logFile, 'utf8')}`);
    }
    if (answers) return stop;
    await sleep(askAgainMs);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Tells Prometheus what to scrape: every build knows this way, and none knows where simulated pods answer. */
async function serveTargets(standIns: StandIns): Promise<{ server: Server; url: string }> {
  const server = createServer((_request, response) => {
    standIns.list().then(
      (pods) => {
        const found = pods.map(({ namespace, pod, metricsPort }) => ({
          targets: [`127.0.0.1:${metricsPort}`],
          labels: { namespace, pod, service: 'tensafe-server' },
        }));
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
