import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { execa } from 'execa';

import type { Job } from './jobs.ts';
import { withLock } from './lock.mjs';
import {
  buildFlags,
  findOnPath,
  isToolSetCached,
  pinnedVersion,
  sourceFolder,
  testToolSets,
  toolFolder,
} from './tool-catalogue.mjs';
import type { ToolSet } from './tool-catalogue.mjs';

type Report = Parameters<Job['run']>[0];

/**
 * One job per set: modules are fetched one set ahead of the build that needs the processors, and builds run one
 * after the other, because each of them uses every core by itself.
 */
export function buildJobs(sets: ToolSet[], env: NodeJS.ProcessEnv = process.env): Job[] {
  const inFetchOrder = oneAtATime();
  const inBuildOrder = oneAtATime();
  return sets.map((set) => ({
    title: `${set.name} ${pinnedVersion(set)}`,
    run: async (report, signal) => {
      await inFetchOrder(() => fetchModules(set, report, signal, env));
      report('');
      await inBuildOrder(() => buildOnce(set, report, signal, env));
    },
  }));
}

/** Leaves the set in its cache folder: whole or not at all, and built once however many processes ask. */
async function buildOnce(set: ToolSet, report: Report, signal: AbortSignal, env: NodeJS.ProcessEnv) {
  const onWait = (pid: number) => report(`process ${pid} is building it, waiting for that`);
  await buildInto(
    toolFolder(set, env),
    () => isToolSetCached(set, env),
    onWait,
    async (folder) => {
      await goInstall(set, folder, report, signal, env);
      for (const [tool, builtAs] of Object.entries(set.builtAs ?? {})) {
        await rename(join(folder, 'bin', builtAs), join(folder, 'bin', tool));
      }
    },
  );
}

/**
 * Fills a cache folder atomically: built beside it and renamed into place, under a lock of its own. What an
 * interrupted build left is removed by the next.
 */
export async function buildInto(
  folder: string,
  isDone: () => boolean,
  onWait: (ownerPid: number) => void,
  build: (temporaryFolder: string) => Promise<void>,
): Promise<void> {
  const lock = `${folder}.lock`;
  await withLock(
    lock,
    async () => {
      if (isDone()) return;
      await removeLeftovers(folder);
      const temporary = `${folder}.building-${randomUUID()}`;
      await mkdir(temporary);
      try {
        await build(temporary);
        await rename(temporary, folder);
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    },
    { onWait },
  );
}

async function removeLeftovers(folder: string): Promise<void> {
  const building = `${basename(folder)}.building-`;
  const siblings = await readdir(dirname(folder));
  const leftovers = siblings.filter((each) => each === basename(folder) || each.startsWith(building));
  for (const each of leftovers) await rm(join(dirname(folder), each), { recursive: true, force: true });
}

async function fetchModules(set: ToolSet, report: Report, signal: AbortSignal, env: NodeJS.ProcessEnv) {
  report('fetching Go modules');
  let fetched = 0;
  await go(set, ['list', '-deps', 'tool'], goEnvironment(env), signal, (line) => {
    if (line.startsWith('go: downloading ')) fetched += 1;
    report(`fetching Go modules, ${fetched} so far`);
  });
}

async function goInstall(
  set: ToolSet,
  folder: string,
  report: Report,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv,
) {
  report('building');
  let compiled = 0;
  const environment = { ...goEnvironment(env), GOBIN: join(folder, 'bin') };
  await go(set, ['install', '-v', ...buildFlags(set), 'tool'], environment, signal, () => {
    compiled += 1;
    report(`building, ${compiled} packages compiled`);
  });
}

/** The user's Go settings (proxy, cache, toolchain), without those that would change or break what is built. */
export function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GOOS: _os, GOARCH: _arch, GOEXPERIMENT: _experiment, ...rest } = env;
  // GOFLAGS is set, not removed: an empty one would fall back to the user's `go env -w` settings.
  return { ...rest, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off', GO111MODULE: 'on' };
}

async function go(
  set: ToolSet,
  args: string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<void> {
  // Other tests run meanwhile, and some of them measure time.
  const gently = testToolSets.includes(set) && findOnPath('nice', env) !== undefined;
  const [program, ...given] = gently ? ['nice', '-n', '10', 'go', ...args] : ['go', ...args];
  const child = execa(program, given, {
    cwd: sourceFolder(set.name),
    env,
    extendEnv: false,
    signal,
    reject: false,
    stdin: 'ignore',
    stdout: 'ignore',
  });
  const said: string[] = [];
  let rest = '';
  child.stderr?.on('data', (data: Buffer) => {
    const lines = (rest + data.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    said.push(...lines);
    said.splice(0, said.length - 20);
  });
  const { exitCode, failed, signal: killedBy } = await child;
  if (!failed) return;
  const message = [...said, rest].filter((line) => line !== '').join('\n');
  throw new Error(
    `${set.name} ${pinnedVersion(set)} could not be built: go ${args[0]} ended with ${killedBy ?? exitCode}.\n` +
      `${message}\nCheck that the Go module proxy can be reached and the disk has 6 GB free, then run this again.`,
  );
}

function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
}
