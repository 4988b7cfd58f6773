/** Temporal's dev server with its UI, from the pinned CLI. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-port.ts';
import { keep } from './keep.ts';
import { neutralCliFlags, neutralEnvironment } from './neutral-environment.ts';
import { hasEnded, untilAnswering } from './temporal-readiness.ts';

export interface TemporalServerOptions {
  /** Folder of the `temporal` program. */
  readonly bin: string;
  /** Preferred gRPC port, 7233 when absent; another when it is taken; 0: any. */
  readonly port?: number;
  /** Preferred port of the UI, 8233 when absent; another when it is taken; 0: any. */
  readonly uiPort?: number;
  /** SQLite file that outlives the server; one that goes with the server when absent. */
  readonly dbFile?: string;
  /** `Name=Type`, for example `FairwayService=Keyword`. */
  readonly searchAttributes?: readonly string[];
  /** Without the UI. */
  readonly headless?: boolean;
}

export interface TemporalServer {
  /** `127.0.0.1:7233`. */
  readonly address: string;
  /** `http://127.0.0.1:8233`; nothing answers there when headless. */
  readonly uiUrl: string;
  /** Ends the server and removes what it kept (not a given `dbFile`). May be called twice. */
  readonly stop: () => Promise<void>;
  /** Ends the server as a crash would; `restart` brings it back. */
  readonly kill9: () => Promise<void>;
  /** Starts it again on the same database and ports. */
  readonly restart: () => Promise<void>;
}

const stopTimeoutMs = 3_000;
const maxAttempts = 3;

/** Resolves when the server answers; ends with this process, however that ends. */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const folder = await mkdtemp(join(tmpdir(), 'fairway-temporal-'));
  const dbFlag = `--db-filename=${options.dbFile ?? join(folder, 'temporal.db')}`;
  // The next flag belongs to the marker: another database's name may begin with this one's.
  const keeper = keep({ marker: `${dbFlag} --ip`, folder });
  const identity = `started-as-${randomBytes(6).toString('hex')}`;
  const logFile = join(folder, 'temporal.log');
  let ports = { grpc: 0, ui: 0 };
  const address = () => `127.0.0.1:${String(ports.grpc)}`;
  let server: ChildProcess | undefined;

  const start = async (): Promise<'answers' | 'portTaken'> => {
    const log = await open(logFile, 'w');
    const { grpc, ui } = ports;
    const args = [
      ...['server', 'start-dev', dbFlag, '--ip=127.0.0.1', `--port=${String(grpc)}`, '--log-level=error'],
      ...(options.headless === true ? ['--headless'] : ['--ui-ip=127.0.0.1', `--ui-port=${String(ui)}`]),
      ...['--namespace', identity, ...neutralCliFlags],
      ...(options.searchAttributes ?? []).map((attribute) => `--search-attribute=${attribute}`),
    ];
    // Of its own session: Ctrl-C is for the process that started it, which then stops it in order.
    server = spawn(join(options.bin, 'temporal'), args, {
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
      env: neutralEnvironment(),
    });
    server.unref();
    await log.close();
    const { searchAttributes = [] } = options;
    try {
      await untilAnswering({ process: server, address: address(), identity, searchAttributes });
      return 'answers';
    } catch (error) {
      const told = await readFile(logFile, 'utf8');
      if (hasEnded(server) && told.includes('address already in use')) return 'portTaken';
      throw new Error(`Temporal's dev server did not start:\n${told}`, { cause: error });
    }
  };
  const startAt = async (choosePorts: () => Promise<typeof ports>): Promise<void> => {
    // Somebody may be quicker to take a port; it chooses more of them by itself, too.
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      ports = await choosePorts();
      if ((await start()) === 'answers') return;
    }
    throw new Error("Temporal's dev server did not start: other programs took its ports.");
  };
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (server === undefined || hasEnded(server)) return;
    const ended = once(server, 'exit');
    server.ref();
    server.kill(signal);
    const insist = setTimeout(() => server?.kill('SIGKILL'), stopTimeoutMs);
    await ended;
    clearTimeout(insist);
  };
  try {
    await startAt(async () => {
      const [grpc = 0, ui = 0] = await freePorts([options.port ?? 7233, options.uiPort ?? 8233]);
      return { grpc, ui };
    });
  } catch (error) {
    await keeper.end();
    throw error;
  }
  return {
    address: address(),
    uiUrl: `http://127.0.0.1:${String(ports.ui)}`,
    stop: async () => {
      // Only a database that stays is worth an orderly end, which takes a second.
      if (options.dbFile !== undefined) await end('SIGTERM');
      await keeper.end();
    },
    kill9: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      await startAt(() => Promise.resolve(ports));
    },
  };
}
