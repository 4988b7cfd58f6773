/** Temporal's time-skipping server, started here because the SDK gives it five seconds, which a busy machine may not have. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../local/free-port.ts';
import { keep } from '../../local/keep.ts';
import { hasEnded } from '../../local/temporal-readiness.ts';

export interface SkippingServer {
  /** `127.0.0.1:7233`. */
  readonly address: string;
  readonly stop: () => Promise<void>;
}

const startTimeoutMs = 120_000;
const askAgainMs = 50;

/** Resolves when it listens; ends with this process, however that ends. */
export async function startSkippingServer(): Promise<SkippingServer> {
  const installed = resolve(serverProgram());
  const folder = await mkdtemp(join(tmpdir(), 'fairway-skipping-server-'));
  const keeper = keep({ marker: `${folder}/`, folder });
  try {
    // Its command line then tells whose it is. The whole folder: its libraries are beside it.
    const program = join(folder, 'server');
    await symlink(dirname(installed), program);
    const [port = 0] = await freePorts([0]);
    const logFile = join(folder, 'server.log');
    const log = await open(logFile, 'w');
    const server = spawn(join(program, basename(installed)), [String(port)], {
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
    server.unref();
    await log.close();
    const deadline = Date.now() + startTimeoutMs;
    for (;;) {
      const listens = await isListening(port);
      // Without it, somebody else listens there.
      if (hasEnded(server) || Date.now() > deadline)
        throw new Error(`The time-skipping server did not start:\n${await readFile(logFile, 'utf8')}`);
      if (listens) return { address: `127.0.0.1:${String(port)}`, stop: keeper.end };
      await sleep(askAgainMs);
    }
  } catch (error) {
    await keeper.end();
    throw error;
  }
}

function serverProgram(): string {
  const path = process.env['FAIRWAY_TEST_SERVER'];
  if (path !== undefined) return path;
  throw new Error(
    'FAIRWAY_TEST_SERVER is not set: run the tests by `npm test`, which fetches the server and sets it.',
  );
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
