/** The worker as its image has it: JavaScript made by `npm run build`, with nothing else of the project around. */
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const project = fileURLToPath(new URL('../../', import.meta.url));

/** Lays out the image's `/app` in the folder; answers the path of the entry point. */
export async function buildWorker(folder: string): Promise<string> {
  const app = join(folder, 'app');
  await mkdir(app);
  await copyFile(join(project, 'package.json'), join(app, 'package.json'));
  await symlink(join(project, 'node_modules'), join(app, 'node_modules'));
  await execa('npm', ['run', '--silent', 'build', '--', '--outDir', join(app, 'dist')], { cwd: project });
  return join(app, 'dist', 'worker.js');
}
