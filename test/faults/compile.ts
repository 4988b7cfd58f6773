/** The deadly worker as JavaScript, around the built one: translating it at each start would be the larger half. */
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const project = fileURLToPath(new URL('../../', import.meta.url));
const relativeImport = /(\bfrom ['"]\.[^'"]*)\.ts(['"])/g;
const faults = join('test', 'faults');

/**
 * Compiles into the folder; answers the path that an entry point, a file of this folder, has there.
 * @param app the built worker: `dist` has what `src` is compiled to
 */
export async function compile(entry: string, app: string, folder: string): Promise<string> {
  const files = (await readdir(join(project, faults))).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  await mkdir(join(folder, faults), { recursive: true });
  await Promise.all(files.map((file) => compileFile(join(faults, file), folder)));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
  await symlink(join(app, 'dist'), join(folder, 'src'));
  return join(folder, asJavaScript(join(faults, entry)));
}

async function compileFile(file: string, folder: string): Promise<void> {
  const { code } = await transform(await readFile(join(project, file), 'utf8'), {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
  await writeFile(join(folder, asJavaScript(file)), code.replace(relativeImport, '$1.js$2'));
}

function asJavaScript(file: string): string {
  return file.replace(/\.ts$/, '.js');
}
