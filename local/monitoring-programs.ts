/** Prometheus and Alertmanager for the tests: those that the environment names, any on PATH, else Debian's packages, unpacked and not installed. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';

import { fetchJob } from './fetch-job.ts';
import type { Job } from './jobs.ts';
import {
  canFetchMonitoring,
  findMonitoring,
  isLeftOut,
  launcher,
  monitoringFolder,
} from './test-programs.mjs';
import type { MonitoringPrograms } from './test-programs.mjs';

const packages = ['prometheus', 'prometheus-alertmanager'];

/** Debian's Alertmanager wants its templates where they would be installed. */
const installedTemplates = '/usr/share/prometheus/alertmanager';

/**
 * @returns a job (none when they are there, or cannot be had) to run before asking for the paths, which are absent
 *   when there are none: the test that needs them says what to do
 */
export function planMonitoring(env: NodeJS.ProcessEnv = process.env): {
  jobs: Job[];
  paths: () => MonitoringPrograms | undefined;
} {
  const paths = () => findMonitoring(env);
  if (paths() !== undefined || isLeftOut('MONITORING', env) || !canFetchMonitoring(env))
    return { paths, jobs: [] };
  const job = fetchJob({
    ...{ title: 'prometheus, alertmanager', doing: "fetching Debian's packages" },
    folder: monitoringFolder(env),
    isThere: () => paths() !== undefined,
    fetch: (folder, signal) => unpackPackages(folder, signal, env),
  });
  return { paths, jobs: [job] };
}

async function unpackPackages(folder: string, signal: AbortSignal, env: NodeJS.ProcessEnv): Promise<void> {
  const run = (command: string, args: readonly string[]) =>
    execa(command, args, { cwd: folder, env, extendEnv: false, signal, stdin: 'ignore', all: true });
  try {
    await run('apt-get', ['download', '-qq', ...packages]);
  } catch {
    // The system's package lists are missing or old; anybody may have lists of their own.
    await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
    await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
    const own = ['-o', 'Dir::State::lists=lists', '-o', 'Dir::Cache=cache'].map((each) =>
      each.replace(/=(.*)$/, (_whole, name: string) => `=${join(folder, name)}`),
    );
    await run('apt-get', [...own, 'update', '-qq']);
    await run('apt-get', [...own, 'download', '-qq', ...packages]);
  }
  const archives = (await readdir(folder)).filter((each) => each.endsWith('.deb'));
  for (const archive of archives) await run('dpkg', ['-x', archive, folder]);
  await Promise.all(
    [...archives, 'lists', 'cache'].map((each) => rm(join(folder, each), { recursive: true, force: true })),
  );
  await relocate(folder);
}

/**
 * Makes that path relative, in as many bytes, so that the program runs from wherever it is unpacked, and nothing
 * is written outside of the cache folder.
 */
async function relocate(folder: string): Promise<void> {
  const program = join(folder, 'usr', 'bin', 'prometheus-alertmanager');
  const path = installedTemplates.replace('/usr/', './///');
  const code = await readFile(program, 'latin1');
  await writeFile(program, code.replaceAll(installedTemplates, path), { encoding: 'latin1', mode: 0o755 });
  const start = '#!/bin/sh\ncd "$(dirname "$0")/usr" && exec bin/prometheus-alertmanager "$@"\n';
  await writeFile(join(folder, launcher), start, { mode: 0o755 });
}
