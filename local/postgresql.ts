/** A PostgreSQL server of its own, as a container would run it: unprivileged, on loopback, with a password. */
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { chown, cp, mkdtemp, open, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { Client } from 'pg';
import { freePorts } from './free-port.ts';
import { keep } from './keep.ts';
import { unprivilegedAccount } from './postgresql-account.ts';
import { listProcesses, untilEnded } from './process-list.mjs';
import { findPostgresqlProgram, requirePostgresql } from './test-programs.mjs';
import type { PostgresqlPrograms } from './test-programs.mjs';

export interface PostgresqlOptions {
  readonly user: string;
  readonly password: string;
  /** Those that are there, when absent. */
  readonly programs?: PostgresqlPrograms;
  /** Preferred; another when it is taken, any when absent. */
  readonly port?: number;
}

export interface Postgresql {
  readonly port: number;
  /** For its client programs, should they be installed: where it is and who asks. */
  readonly clientEnvironment: Readonly<Record<string, string>>;
  /** Runs statements as the user; answers the last one's rows as text, a line each. */
  readonly query: (sql: string, database?: string) => Promise<string>;
  /** Ends every one of its processes at once, as the end of a container does: nothing is written any more. */
  readonly kill9: () => Promise<void>;
  /** On the same data and port; resolves when it has recovered and takes connections. */
  readonly restart: () => Promise<void>;
  /** Ends it and removes its data. May be called twice. */
  readonly stop: () => Promise<void>;
}

const startTimeoutMs = 120_000;
const askAgainMs = 50;
const maxAttempts = 3;

/** Resolves when it takes connections; ends with this process, however that ends. */
export async function startPostgresql(options: PostgresqlOptions): Promise<Postgresql> {
  const { user, password } = options;
  const account = await unprivilegedAccount();
  const runAs = account ?? {};
  const folder = await mkdtemp(join(tmpdir(), 'fairway-postgresql-'));
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  const programs = await runnable(options.programs ?? requirePostgresql(), account !== undefined, folder);
  const data = join(folder, 'data');
  const keeper = keep({ marker: `${data} `, folder });
  const logFile = join(folder, 'postgresql.log');
  let port = 0;
  const clientEnvironment = () => {
    const installed = findPostgresqlProgram('pg_dump');
    return {
      ...{ PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: user, PGPASSWORD: password },
      PATH: [...(installed === undefined ? [] : [dirname(installed)]), process.env['PATH']].join(delimiter),
    };
  };
  let server: ChildProcess | undefined;

  const query = async (sql: string, database = 'postgres'): Promise<string> => {
    const client = new Client({ host: '127.0.0.1', port, user, password, database });
    // Of a server that is killed meanwhile; the query fails, too.
    client.on('error', () => undefined);
    await client.connect();
    try {
      // Several statements answer a list.
      const [answer] = [await client.query<unknown[]>({ text: sql, rowMode: 'array' })].flat().slice(-1);
      return (answer?.rows ?? []).map((row) => row.join('|')).join('\n');
    } finally {
      await client.end();
    }
  };
  /** This one: another may have been quicker to take the port. */
  const isAnswering = async (): Promise<boolean> => {
    try {
      return (await query('show data_directory')).includes(basename(folder));
    } catch {
      return false;
    }
  };
  const start = async (): Promise<'answers' | 'portTaken'> => {
    const log = await open(logFile, 'w');
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
    return untilAnswering(server, isAnswering, logFile);
  };
  const startSomewhere = async (): Promise<void> => {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      [port = 0] = await freePorts([options.port ?? 0]);
      if ((await start()) === 'answers') return;
    }
    throw portTaken();
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
    await startSomewhere();
  } catch (error) {
    await keeper.end();
    throw error;
  }
  return {
    port,
    clientEnvironment: clientEnvironment(),
    query,
    kill9: async () => {
      if (server?.pid === undefined || hasEnded(server)) return;
      const ended = once(server, 'exit');
      // Each of its processes is a session of its own, so no signal reaches them all.
      const { pid } = server;
      // Held, it starts no other meanwhile.
      process.kill(pid, 'SIGSTOP');
      const children = listProcesses().filter(({ parent }) => parent === pid);
      const killed = [pid, ...children.map((child) => child.pid)];
      for (const each of killed) endAtOnce(each);
      server.ref();
      await ended;
      // The last one lets the shared memory go: a server that is started before does not start.
      await untilEnded(killed);
    },
    restart: async () => {
      if ((await start()) === 'portTaken') throw portTaken();
    },
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

/** Another account cannot enter this one's cache folder; its own folder it can. */
async function runnable(
  programs: PostgresqlPrograms,
  byAnother: boolean,
  folder: string,
): Promise<PostgresqlPrograms> {
  if (!byAnother || !programs.postgres.includes('node_modules')) return programs;
  const own = join(folder, 'programs');
  await cp(dirname(dirname(programs.postgres)), own, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(own, 'bin', 'initdb'), postgres: join(own, 'bin', 'postgres') };
}

async function untilAnswering(
  server: ChildProcess,
  isAnswering: () => Promise<boolean>,
  logFile: string,
): Promise<'answers' | 'portTaken'> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    if ((await isAnswering()) && !hasEnded(server)) return 'answers';
    if (hasEnded(server) || Date.now() > deadline) {
      const told = await readFile(logFile, 'utf8');
      if (told.includes('Address already in use')) return 'portTaken';
      throw new Error(`PostgreSQL did not start:\n${told}`);
    }
    await sleep(askAgainMs);
  }
}

function portTaken(): Error {
  return new Error('PostgreSQL did not start: other programs took its port.');
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}
