/** Fairway's worker as a process of its own, as people run it. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { neutralEnvironment } from './neutral-environment.ts';

export interface WorkerProcessOptions {
  readonly temporalAddress: string;
  readonly configFile: string;
  /** Absent: the worker has no credentials from a file. */
  readonly kubeconfig?: string;
  /** Path of helm. */
  readonly helm: string;
  readonly logFile: string;
  /** More environment variables, for example SLACK_BOT_TOKEN: the user's own it does not get. */
  readonly env?: NodeJS.ProcessEnv;
  /** Further arguments, for example which environments it serves. */
  readonly args?: readonly string[];
  /** Another entry point; tests have one with faults. */
  readonly entry?: string;
  readonly onLine?: (line: string) => void;
}

export interface WorkerProcess {
  readonly pid: number;
  /** Rejects when the worker ends before it serves. */
  readonly ready: Promise<void>;
  /** Resolves with the exit code or signal, whenever it ends. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Lets running activities end first. */
  readonly stop: () => Promise<void>;
  readonly kill9: () => Promise<void>;
}

/** In a line of the SDK, as text or as JSON. */
const isRunning = /\bstate(?:=|":")RUNNING\b/;

/** Built once, it starts sooner than from its source; FAIRWAY_APP says where it is. */
function usualEntry(): string {
  const app = process.env['FAIRWAY_APP'];
  return app === undefined
    ? fileURLToPath(new URL('../src/worker.ts', import.meta.url))
    : join(app, 'dist', 'worker.js');
}

export function startWorkerProcess(options: WorkerProcessOptions): WorkerProcess {
  const entry = options.entry ?? usualEntry();
  const args = [
    ...(entry.endsWith('.ts') ? ['--import', 'tsx'] : []),
    entry,
    ...['--config', options.configFile, '--helm', options.helm],
    ...(options.kubeconfig === undefined ? [] : ['--kubeconfig', options.kubeconfig]),
    ...(options.args ?? []),
  ];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...neutralEnvironment(),
      TEMPORAL_ADDRESS: options.temporalAddress,
      NODE_OPTIONS: '',
      ...options.env,
    },
    // Ctrl-C is for the process that started it, which then stops it in order.
    detached: true,
  });
  // A worker whose parent is gone, however that ended, is of no use to anybody.
  const endWithParent = () => child.kill('SIGKILL');
  process.once('exit', endWithParent);
  // Only then has everything that it said been read.
  const ended = once(child, 'close').then(([code, signal]) => {
    process.off('exit', endWithParent);
    return (code ?? signal) as number | NodeJS.Signals;
  });
  return {
    pid: child.pid ?? 0,
    ready: serving(child, options),
    ended,
    stop: () => end(child, ended, 'SIGTERM'),
    kill9: () => end(child, ended, 'SIGKILL'),
  };
}

async function end(child: ChildProcess, ended: Promise<unknown>, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await ended;
}

/** The worker says when it polls; everything that it says is kept in the log. */
function serving(child: ChildProcess, { logFile, onLine }: WorkerProcessOptions): Promise<void> {
  const log = createWriteStream(logFile, { flags: 'a' });
  const last: string[] = [];
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        last.push(line);
        if (last.length > 20) last.shift();
        onLine?.(line);
        if (isRunning.test(line)) resolve();
      });
    }
    child.once('close', (code, signal) => {
      log.end();
      const how = code ?? signal;
      reject(new Error(`The worker ended (${String(how)}) before it served:\n${last.join('\n')}`));
    });
  });
}
