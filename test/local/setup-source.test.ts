import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { root } from '../../local/tool-catalogue.mjs';

test('the source knows no service by name: what is special about one is its profile', async () => {
  const entries = await readdir(join(root, 'src'), { recursive: true });
  const files = entries.filter((each) => each.endsWith('.ts')).map((each) => join(root, 'src', each));
  expect(files.length).toBeGreaterThan(20);
  const naming: string[] = [];
  for (const file of files) {
    if (/tensafe/i.test(file + (await readFile(file, 'utf8')))) naming.push(file);
  }
  expect(naming).toEqual([]);
});

interface LockFile {
  packages: Record<string, { version?: string; optionalDependencies?: Record<string, string> }>;
}

test('the lock file has the optional packages of every platform: `npm ci` refuses one that lacks any', async () => {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as LockFile;
  const lacking = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !foldersAbove(from).some((at) => `${at}${name}` in packages),
    ),
  );
  expect(lacking).toEqual([]);
});

/** Where Node looks for a package that is required from `folder`, nearest first. */
function foldersAbove(folder: string): string[] {
  const parts = folder.split('/node_modules/');
  const nested = parts.map(
    (_, at) => `${parts.slice(0, parts.length - at).join('/node_modules/')}/node_modules/`,
  );
  return folder === '' ? ['node_modules/'] : [...nested, 'node_modules/'];
}
