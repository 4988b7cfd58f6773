/** Where PostgreSQL's programs are, and who may run its server. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { findOnPath } from './tool-catalogue.mjs';

interface PostgresqlPrograms {
  readonly initdb: string;
  readonly postgres: string;
  readonly psql: string;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Debian keeps the server's programs off PATH, a folder for each major version. */
const debianFolder = '/usr/lib/postgresql';

/** Throws one sentence with the remedy when one of them is missing. */
export async function findPostgresql(): Promise<PostgresqlPrograms> {
  const versions = await readdir(debianFolder).catch(() => []);
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  const find = (program: string): string => {
    const found =
      findOnPath(program) ??
      newestFirst.map((version) => join(debianFolder, version, 'bin', program)).find(existsSync);
    if (found !== undefined) return found;
    throw new Error(
      `PostgreSQL’s ${program} was not found on PATH: install PostgreSQL 13 or newer (macOS: brew install postgresql; ` +
        'Debian and Ubuntu: apt-get install postgresql), then run this again.',
    );
  };
  return { initdb: find('initdb'), postgres: find('postgres'), psql: find('psql') };
}

/** PostgreSQL refuses to run as root; then another account of this machine runs it. */
export async function unprivilegedAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (which) => {
        const { stdout, failed } = await execa('id', [which, name], { reject: false });
        return failed ? undefined : Number(stdout);
      }),
    );
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and there is no account postgres or nobody to run it as.',
  );
}
