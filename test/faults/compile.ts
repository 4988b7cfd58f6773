/** The worker's code as JavaScript: of a worker's start, translating it anew would be the larger half. */
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const project = fileURLToPath(new URL('../../', import.meta.url));
const relativeImport = /(\bfrom ['"]\.[^'"]*)\.ts(['"])/g;
const sources = ['src', 'test/faults'];

/** Compiles into the folder; answers the path that an entry point, given by its path, has there. */
export async function compile(entry: string, folder: string): Promise<string> {
  const files = await Promise.all(sources.map(sourceFiles));
  await Promise.all(files.flat().map((file) => compileFile(file, folder)));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, asJavaScript(relative(project, entry)));
}

async function sourceFiles(source: string): Promise<string[]> {
  const files = await readdir(join(project, source), { recursive: true });
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join(source, file));
}

async function compileFile(file: string, folder: string): Promise<void> {
  const { code } = await transform(await readFile(join(project, file), 'utf8'), {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
  const output = join(folder, asJavaScript(file));
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, code.replace(relativeImport, '$1.js$2'));
}

function asJavaScript(file: string): string {
  return file.replace(/\.ts$/, '.js');
}
