/** The worker as its image has it: JavaScript and bundles that `npm run build` makes, with nothing else around. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { execa } from 'execa';

import { buildInto } from './build-tools.ts';
import type { Job } from './jobs.ts';

const project = fileURLToPath(new URL('../', import.meta.url));
const cache = join(project, '.cache', 'app');

/**
 * Lays the image's `/app` out in a folder, once for each state of the sources.
 * @returns its path, and the job (none when it is there) to run before using it
 */
export async function planWorkerApp(): Promise<{ path: string; jobs: Job[] }> {
  const path = join(cache, await digestOfSources());
  const isDone = () => existsSync(join(path, 'package.json'));
  if (isDone()) return { path, jobs: [] };
  const run: Job['run'] = async (report, signal) => {
    const onWait = (pid: number) => report(`process ${pid} is building it, waiting for that`);
    await mkdir(cache, { recursive: true });
    await removeOlder();
    await buildInto(path, isDone, onWait, async (folder) => {
      report('compiling');
      await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
      await copyFile(join(project, 'package.json'), join(folder, 'package.json'));
      const build = ['run', '--silent', 'build', '--', '--outDir', join(folder, 'dist')];
      await execa('npm', build, { cwd: project, signal, stdin: 'ignore' });
      report('bundling the workflows');
      await execa(process.execPath, [join(folder, 'dist', 'bundle-workflows.js')], {
        signal,
        stdin: 'ignore',
      });
    });
  };
  return { path, jobs: [{ title: 'worker', run }] };
}

async function digestOfSources(): Promise<string> {
  const sources = (await readdir(join(project, 'src'), { recursive: true }))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('src', name));
  const others = ['package-lock.json', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
  const files = [...others, ...sources].sort();
  const digest = createHash('sha256');
  for (const file of files)
    digest
      .update(`${file}\0`)
      .update(await readFile(join(project, file)))
      .update('\0');
  return digest.digest('hex').slice(0, 16);
}

const keptMilliseconds = 86_400_000;

/** Of earlier sources; what somebody may be using now stays. */
async function removeOlder(): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    if (Date.now() - (await stat(path)).mtimeMs > keptMilliseconds) await rm(path, { recursive: true });
  }
}
