/**
 * A Temporal server as it is deployed: the server program, configured by environment variables alone, on a
 * database of its own. `temporal-server.ts` has the one for development.
 */
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, open, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './free-port.ts';
import { keep } from './keep.ts';

export interface TemporalServiceOptions {
  /** Path of the server program. */
  readonly program: string;
  /** Its variables, the database's among them; ports and addresses are chosen here. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of its HTTP API, answered well when it is healthy. */
  readonly healthPath: string;
}

export interface TemporalService {
  /** `127.0.0.1:7233`. */
  readonly address: string;
  /** Whether it answers from its database. */
  readonly isHealthy: () => Promise<boolean>;
  readonly untilHealthy: () => Promise<void>;
  readonly kill9: () => Promise<void>;
  /** Starts it again on the same ports; resolves when it is healthy. */
  readonly restart: () => Promise<void>;
  /** Ends it. May be called twice. */
  readonly stop: () => Promise<void>;
}

const startTimeoutMs = 120_000;
const askAgainMs = 100;
const answerTimeoutMs = 4_000;
const roles = ['FRONTEND', 'HISTORY', 'MATCHING', 'WORKER'];

/** Resolves when it is healthy; ends with this process, however that ends. */
export async function startTemporalService(options: TemporalServiceOptions): Promise<TemporalService> {
  const folder = await mkdtemp(join(tmpdir(), 'fairway-temporal-service-'));
  const keeper = keep({ marker: `${folder}/`, folder });
  // Its command line then tells whose it is.
  const program = join(folder, 'temporal-server');
  await symlink(options.program, program);
  // Its database holds ports as numbers of two bytes with a sign: these are low enough.
  const [grpc = 0, http = 0, ...others] = await freePorts(Array<number>(2 + 2 * roles.length).fill(0));
  const ports: Record<string, string> = { FRONTEND_HTTP_PORT: String(http) };
  for (const [index, role] of roles.entries()) {
    ports[`${role}_GRPC_PORT`] = String(role === 'FRONTEND' ? grpc : others[2 * index]);
    ports[`${role}_MEMBERSHIP_PORT`] = String(others[2 * index + 1]);
  }
  const environment = {
    ...options.environment,
    ...ports,
    BIND_ON_IP: '127.0.0.1',
    TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1',
  };
  const logFile = join(folder, 'temporal.log');
  let server: ChildProcess | undefined;

  const isHealthy = async (): Promise<boolean> => {
    try {
      const asked = `http://127.0.0.1:${String(http)}${options.healthPath}`;
      return (await fetch(asked, { signal: AbortSignal.timeout(answerTimeoutMs) })).ok;
    } catch {
      return false;
    }
  };
  const untilHealthy = async (): Promise<void> => {
    const deadline = Date.now() + startTimeoutMs;
    while (!(await isHealthy())) {
      if (server === undefined || hasEnded(server) || Date.now() > deadline)
        throw new Error(`Temporal is not healthy:\n${(await readFile(logFile, 'utf8')).slice(-4_000)}`);
      await sleep(askAgainMs);
    }
  };
  const start = async (): Promise<void> => {
    const log = await open(logFile, 'a');
    // Nothing of this process's environment but what every program needs.
    server = spawn(program, ['start'], {
      env: { PATH: process.env['PATH'], HOME: folder, ...environment },
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
    server.unref();
    await log.close();
    await untilHealthy();
  };
  try {
    await start();
  } catch (error) {
    await keeper.end();
    throw error;
  }
  return {
    address: `127.0.0.1:${String(grpc)}`,
    isHealthy,
    untilHealthy,
    kill9: async () => {
      if (server === undefined || hasEnded(server)) return;
      const ended = once(server, 'exit');
      server.ref();
      server.kill('SIGKILL');
      await ended;
    },
    restart: start,
    stop: keeper.end,
  };
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}
