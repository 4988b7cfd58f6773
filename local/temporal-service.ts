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
const maxAttempts = 3;
const roles = ['FRONTEND', 'HISTORY', 'MATCHING', 'WORKER'] as const;
const kinds = ['GRPC', 'MEMBERSHIP'] as const;
const onLoopback = { BIND_ON_IP: '127.0.0.1', TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1' };

/** Resolves when it is healthy; ends with this process, however that ends. */
export async function startTemporalService(options: TemporalServiceOptions): Promise<TemporalService> {
  const folder = await mkdtemp(join(tmpdir(), 'fairway-temporal-service-'));
  const keeper = keep({ marker: `${folder}/`, folder });
  // Its command line then tells whose it is.
  const program = join(folder, 'temporal-server');
  await symlink(options.program, program);
  let ports = await choosePorts();
  const logFile = join(folder, 'temporal.log');
  let server: ChildProcess | undefined;

  const isHealthy = async (): Promise<boolean> => {
    try {
      const asked = `http://127.0.0.1:${ports.FRONTEND_HTTP_PORT}${options.healthPath}`;
      return (await fetch(asked, { signal: AbortSignal.timeout(answerTimeoutMs) })).ok;
    } catch {
      return false;
    }
  };
  const untilHealthy = async (): Promise<void> => {
    const deadline = Date.now() + startTimeoutMs;
    for (;;) {
      const answers = await isHealthy();
      // Without it, somebody else answers there.
      if (server === undefined || hasEnded(server) || Date.now() > deadline)
        throw new Error(`Temporal is not healthy:\n${(await readFile(logFile, 'utf8')).slice(-4_000)}`);
      if (answers) return;
      await sleep(askAgainMs);
    }
  };
  const start = async (): Promise<void> => {
    const log = await open(logFile, 'w');
    // Nothing of this process's environment but what every program needs.
    server = spawn(program, ['start'], {
      env: { PATH: process.env['PATH'], HOME: folder, ...options.environment, ...ports, ...onLoopback },
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
    server.unref();
    await log.close();
    await untilHealthy();
  };
  const startSomewhere = async (attempt = 1): Promise<void> => {
    try {
      await start();
    } catch (error) {
      const isPortTaken = (await readFile(logFile, 'utf8')).includes('address already in use');
      if (!isPortTaken || attempt === maxAttempts) throw error;
      ports = await choosePorts();
      await startSomewhere(attempt + 1);
    }
  };
  try {
    await startSomewhere();
  } catch (error) {
    await keeper.end();
    throw error;
  }
  return {
    address: `127.0.0.1:${ports.FRONTEND_GRPC_PORT}`,
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

type PortName = `${(typeof roles)[number]}_${(typeof kinds)[number]}_PORT` | 'FRONTEND_HTTP_PORT';

/** Under the names that its configuration gives them. Low ones: its database holds them in two bytes with a sign. */
async function choosePorts(): Promise<Record<PortName, string>> {
  const ofRoles = roles.flatMap((role) => kinds.map((kind) => `${role}_${kind}_PORT` as const));
  const names: PortName[] = ['FRONTEND_HTTP_PORT', ...ofRoles];
  const ports = await freePorts(names.map(() => 0));
  return Object.fromEntries(names.map((name, at) => [name, String(ports[at])])) as Record<PortName, string>;
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}
