import { constants } from 'node:os';

import { Listr, PRESET_TIMER } from 'listr2';

/** One piece of preparation that takes a while. */
export interface Job {
  title: string;
  /** `report` tells what it is doing now ('': waiting); `signal` ends it early, because another job failed. */
  run(report: (doing: string) => void, signal: AbortSignal): Promise<void>;
}

export interface JobOptions {
  /** Receives plain lines where there is no terminal to draw on. Default: standard error. */
  log?: (line: string) => void;
  terminal?: boolean;
  heartbeatMs?: number;
}

const HEARTBEAT_MS = 20_000;
const TICK_MS = 1_000;

/**
 * Runs the jobs side by side, showing what each is doing and how long it takes: drawn in place on a terminal,
 * otherwise line by line, with a sign of life at least every half minute. The first failure ends the others
 * and is thrown.
 */
export async function runJobs(jobs: Job[], options: JobOptions = {}): Promise<void> {
  if (jobs.length === 0) return;
  const abort = new AbortController();
  const failures: unknown[] = [];
  const guarded = jobs.map((job) => ({
    ...job,
    run: async (report: (doing: string) => void) => {
      try {
        await job.run(report, abort.signal);
      } catch (error) {
        failures.push(error);
        abort.abort();
        throw error;
      }
    },
  }));
  const terminal = options.terminal ?? (process.stdout.isTTY && !process.env['CI']);
  const interrupted = (signal: 'SIGINT' | 'SIGTERM') => {
    // The cursor is hidden while drawing. Leaving by exit ends the children too.
    if (terminal) process.stdout.write('\x1b[?25h');
    process.exit(128 + constants.signals[signal]);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    await (terminal ? draw(guarded) : tell(guarded, options));
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
  if (failures.length > 0) throw asError(failures[0]);
}

interface GuardedJob {
  title: string;
  run(report: (doing: string) => void): Promise<void>;
}

async function draw(jobs: GuardedJob[]): Promise<void> {
  const tasks = jobs.map(({ title, run }) => ({
    title,
    task: async (_: unknown, task: { output: string }) => {
      const seconds = stopwatch();
      let latest = '';
      const show = () => (task.output = latest && `${latest}, ${seconds()}`);
      const tick = setInterval(show, TICK_MS);
      try {
        await run((doing) => {
          latest = doing;
          show();
        });
      } finally {
        clearInterval(tick);
      }
    },
  }));
  const list = new Listr(tasks, {
    concurrent: true,
    exitOnError: false,
    // Its own handler ends with exit code 127 and leaves children running.
    registerSignalListeners: false,
    rendererOptions: { timer: PRESET_TIMER, collapseErrors: false, showErrorMessage: false },
  });
  await list.run();
}

async function tell(
  jobs: GuardedJob[],
  { log = sayOnStandardError, heartbeatMs }: JobOptions,
): Promise<void> {
  await Promise.allSettled(
    jobs.map(async ({ title, run }) => {
      const seconds = stopwatch();
      let phase = '';
      let latest = '';
      const heartbeat = setInterval(() => {
        if (latest !== '') log(`${title}: ${latest}, ${seconds()}`);
      }, heartbeatMs ?? HEARTBEAT_MS);
      try {
        await run((doing) => {
          // Only a change of phase is worth a line; progress within one waits for the heartbeat.
          const now = doing.split(',')[0] ?? doing;
          if (now !== phase && now !== '') log(`${title}: ${doing}`);
          phase = now;
          latest = doing;
        });
        log(`${title}: ready after ${seconds()}`);
      } catch (error) {
        log(`${title}: failed after ${seconds()}`);
        throw error;
      } finally {
        clearInterval(heartbeat);
      }
    }),
  );
}

function stopwatch(): () => string {
  const started = performance.now();
  return () => `${Math.round((performance.now() - started) / 1000)} s`;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function sayOnStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
