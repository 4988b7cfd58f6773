import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheFolder } from './tool-catalogue.mjs';

/**
 * One folder with a link to each tool, under the tool's name: what FAIRWAY_BIN and a person's PATH want.
 * The same paths give the same folder, so two processes at once only repeat each other's links.
 */
export async function linkTools(
  paths: Record<string, string>,
  cache: string = cacheFolder(),
): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(Object.entries(paths).sort()));
  const folder = join(cache, 'bin', key.digest('hex').slice(0, 16));
  await mkdir(folder, { recursive: true });
  for (const [name, path] of Object.entries(paths)) {
    const aside = join(folder, `.${name}-${randomUUID()}`);
    await symlink(path, aside);
    await rename(aside, join(folder, name));
  }
  return folder;
}
