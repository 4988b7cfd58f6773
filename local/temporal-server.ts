/** Temporal's dev server with its UI, from the pinned CLI. */
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { open, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { freePorts } from './free-port.ts';
import { keep } from './keep.ts';

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

const startTimeoutMs = 60_000;
const askAgainMs = 50;
const stopTimeoutMs = 3_000;
const maxAttempts = 3;

/** Resolves when the server answers; ends with this process, however that ends. */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const folder = await mkdtemp(join(tmpdir(), 'fairway-temporal-'));
  const dbFlag = `--db-filename=${options.dbFile ?? join(folder, 'temporal.db')}`;
  // The next flag belongs to the marker: another database's name may begin with this one's.
  const keeper = keep({ marker: `${dbFlag} --ip`, folder });
  const [port = 0, uiPort = 0] = await freePorts([options.port ?? 7233, options.uiPort ?? 8233]);
  const address = `127.0.0.1:${String(port)}`;
  const args = [
    ...['server', 'start-dev', dbFlag, '--ip=127.0.0.1', `--port=${String(port)}`, '--log-level=error'],
    ...(options.headless === true ? ['--headless'] : ['--ui-ip=127.0.0.1', `--ui-port=${String(uiPort)}`]),
    ...(options.searchAttributes ?? []).map((attribute) => `--search-attribute=${attribute}`),
  ];
  const logFile = join(folder, 'temporal.log');
  let server: ChildProcess | undefined;

  const start = async (attempt = 1): Promise<void> => {
    const log = await open(logFile, 'w');
    // Of its own session: Ctrl-C is for the process that started it, which then stops it in order.
    server = spawn(join(options.bin, 'temporal'), args, {
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
    server.unref();
    await log.close();
    try {
      await untilAnswering(address, server, options.searchAttributes ?? []);
    } catch (error) {
      const told = await readFile(logFile, 'utf8');
      // It chooses more ports by itself, and somebody may be quicker.
      if (hasEnded(server) && told.includes('address already in use') && attempt < maxAttempts)
        return start(attempt + 1);
      throw new Error(`Temporal's dev server did not start:\n${told}`, { cause: error });
    }
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
    await start();
  } catch (error) {
    await keeper.end();
    throw error;
  }
  return {
    address,
    uiUrl: `http://127.0.0.1:${String(uiPort)}`,
    stop: async () => {
      // Only a database that stays is worth an orderly end, which takes a second.
      if (options.dbFile !== undefined) await end('SIGTERM');
      await keeper.end();
    },
    kill9: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      await start();
    },
  };
}

/** Answering means: the default namespace is there, and the search attributes can be used. */
async function untilAnswering(
  address: string,
  server: ChildProcess,
  searchAttributes: readonly string[],
): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  const connection = Connection.lazy({ address });
  try {
    for (;;) {
      if (await isAnswering(connection, searchAttributes)) return;
      if (hasEnded(server)) throw new Error('it ended');
      if (Date.now() > deadline) throw new Error(`it does not answer at ${address}`);
      await sleep(askAgainMs);
    }
  } finally {
    await connection.close();
  }
}

async function isAnswering(connection: Connection, searchAttributes: readonly string[]): Promise<boolean> {
  const namespace = 'default';
  try {
    return await connection.withDeadline(Date.now() + 1_000, async () => {
      await connection.workflowService.describeNamespace({ namespace });
      const known = await connection.operatorService.listSearchAttributes({ namespace });
      return searchAttributes.every((attribute) => {
        const [name = ''] = attribute.split('=');
        return name in (known.customAttributes ?? {});
      });
    });
  } catch {
    return false;
  }
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}
