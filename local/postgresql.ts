/** A PostgreSQL server of its own, as a container would run it: unprivileged, on loopback, with a password. */
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { chown, mkdtemp, open, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { freePorts } from './free-port.ts';
import { keep } from './keep.ts';
import { findPostgresql, unprivilegedAccount } from './postgresql-programs.ts';

export interface PostgresqlOptions {
  readonly user: string;
  readonly password: string;
}

export interface Postgresql {
  readonly port: number;
  /** For its client programs: where it is and who asks. */
  readonly clientEnvironment: Readonly<Record<string, string>>;
  /** Runs one statement as the user; answers the rows as text. */
  readonly query: (sql: string, database?: string) => Promise<string>;
  /** Ends every one of its processes at once, as the end of a container does: nothing is written any more. */
  readonly kill9: () => Promise<void>;
  /** On the same data and port; resolves when it has recovered and takes connections. */
  readonly restart: () => Promise<void>;
  /** Ends it and removes its data. May be called twice. */
  readonly stop: () => Promise<void>;
}

const startTimeoutMs = 60_000;
const askAgainMs = 50;

/** Resolves when it takes connections; ends with this process, however that ends. */
export async function startPostgresql({ user, password }: PostgresqlOptions): Promise<Postgresql> {
  const programs = await findPostgresql();
  const account = await unprivilegedAccount();
  const runAs = account ?? {};
  const folder = await mkdtemp(join(tmpdir(), 'fairway-postgresql-'));
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  const keeper = keep({ marker: `${data} `, folder });
  const [port = 0] = await freePorts([0]);
  const logFile = join(folder, 'postgresql.log');
  const clientEnvironment = {
    ...{ PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: user, PGPASSWORD: password },
    PATH: [dirname(programs.psql), process.env['PATH']].join(delimiter),
  };
  let server: ChildProcess | undefined;

  const query = async (sql: string, database = 'postgres'): Promise<string> => {
    const args = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--dbname', database];
    const options = { env: clientEnvironment, cwd: folder };
    return (await execa(programs.psql, [...args, '--command', sql], options)).stdout;
  };
  const start = async (): Promise<void> => {
    const log = await open(logFile, 'a');
    // The flag after the folder belongs to the marker: another's name may begin with this one's.
    const args = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', ''];
    server = spawn(programs.postgres, args, {
      ...runAs,
      cwd: folder,
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
    server.unref();
    await log.close();
    await untilAnswering(server, () => query('select 1'), logFile);
  };
  try {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
    await execa(
      programs.initdb,
      // The database and its user are what docker-compose.yml asks for.
      [
        '-D',
        data,
        '-U',
        user,
        '--pwfile',
        passwordFile,
        '--auth=scram-sha-256',
        '--data-checksums',
        '-E',
        'UTF8',
      ],
      { ...runAs, cwd: folder, env: { LC_ALL: 'C.UTF-8' } },
    );
    await start();
  } catch (error) {
    await keeper.end();
    throw error;
  }
  return {
    port,
    clientEnvironment,
    query,
    kill9: async () => {
      if (server?.pid === undefined || hasEnded(server)) return;
      const ended = once(server, 'exit');
      // Each of its processes is a session of its own, so no signal reaches them all.
      const { stdout } = await execa('pgrep', ['-P', String(server.pid)], { reject: false });
      for (const pid of [server.pid, ...stdout.split('\n').filter(Boolean).map(Number)]) endAtOnce(pid);
      server.ref();
      await ended;
    },
    restart: start,
    stop: keeper.end,
  };
}

function endAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Ended meanwhile.
  }
}

async function untilAnswering(
  server: ChildProcess,
  ask: () => Promise<unknown>,
  logFile: string,
): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const answers = await ask().then(
      () => true,
      () => false,
    );
    if (answers) return;
    if (hasEnded(server) || Date.now() > deadline)
      throw new Error(`PostgreSQL did not start:\n${await readFile(logFile, 'utf8')}`);
    await sleep(askAgainMs);
  }
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}
