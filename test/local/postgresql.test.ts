import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { freePorts } from '../../local/free-port.ts';
import { planPostgresql } from '../../local/postgresql-programs.ts';
import { startPostgresql, type PostgresqlOptions } from '../../local/postgresql.ts';
import { findPostgresql, isLeftOut } from '../../local/test-programs.mjs';
import { findOnPath } from '../../local/tool-catalogue.mjs';
import { processesWith } from '../support/processes.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function aServer(options: Partial<PostgresqlOptions> = {}) {
  const server = await startPostgresql({ user: 'temporal', password: 'secret', ...options });
  cleanUps.push(server.stop);
  return server;
}

(isLeftOut('POSTGRESQL') ? describe.skip : describe)('a PostgreSQL of its own', () => {
  test('two that start at once and want the same port are two', async () => {
    const [port = 0] = await freePorts([0]);
    const [one, other] = await Promise.all([aServer({ port }), aServer({ port })]);
    expect(one.port).not.toBe(other.port);
    await one.query('create database only_here');
    const databases = 'select datname from pg_database';
    expect(await one.query(databases)).toContain('only_here');
    expect(await other.query(databases)).not.toContain('only_here');
  });

  test('killed, none of its processes is left, and what it stored is there after a restart', async () => {
    const server = await aServer();
    const folder = await server.query('show data_directory');
    await server.query('create database kept');
    await server.kill9();
    expect(await processesWith(folder)).toEqual([]);
    await server.restart();
    expect(await server.query('select datname from pg_database')).toContain('kept');
  });

  test('where none is installed, one is fetched, once', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'fairway-postgresql-programs-'));
    cleanUps.push(() => rm(cache, { recursive: true }));
    // A PATH without PostgreSQL.
    await symlink(process.execPath, join(cache, 'node'));
    await symlink(findOnPath('npm') ?? '', join(cache, 'npm'));
    const env = { ...process.env, XDG_CACHE_HOME: cache, PATH: cache };
    const nowhere = join(cache, 'none');
    const jobs = planPostgresql(env, nowhere);
    for (const job of jobs) await job.run(() => undefined, new AbortController().signal);
    const programs = findPostgresql(env, nowhere);
    expect(programs?.postgres).toContain(cache);
    expect(planPostgresql(env, nowhere)).toEqual([]);
    const server = await aServer({ ...(programs === undefined ? {} : { programs }) });
    expect(await server.query('show server_version')).toBe('16.14');
  }, 900_000);
});
