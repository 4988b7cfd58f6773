import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const keeperFile = fileURLToPath(new URL('./keeper.mjs', import.meta.url));

export interface KeepOptions {
  /** Every process with this text in its command line is ended: make it unique to what is kept. */
  readonly marker: string;
  /** Removed with everything in it. */
  readonly folder?: string;
}

export interface Keeper {
  /** Ends the marked processes and removes the folder; resolves when that is done. */
  readonly end: () => Promise<void>;
}

/**
 * Makes sure that the marked processes end and the folder goes, also when this process is killed:
 * a small watcher does it as soon as the pipe to this process closes. Start it before the
 * processes.
 */
export function keep(options: KeepOptions): Keeper {
  const args = [keeperFile, options.marker, ...(options.folder === undefined ? [] : [options.folder])];
  const watcher = spawn(process.execPath, args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: withoutNodeOptions(),
  });
  const ended = once(watcher, 'exit');
  watcher.stdin.on('error', () => {});
  watcher.unref();
  return {
    end: async () => {
      watcher.ref();
      watcher.stdin.end();
      await ended;
    },
  };
}

/** A loader or debugger meant for this process has no place in the watcher. */
function withoutNodeOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return rest;
}
