/** The built worker, as its image has it. */
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Folder of the built worker: FAIRWAY_APP. */
export function appFolder(): string {
  const folder = process.env['FAIRWAY_APP'];
  if (folder === undefined) {
    throw new Error(
      'FAIRWAY_APP is not set: run the tests by `npm test`, which builds the worker and sets it.',
    );
  }
  return folder;
}

/** The code of all workflows. */
export function builtWorkflows(): string {
  return join(appFolder(), 'dist', 'workflows.bundle.js');
}

/** The same with other values for constants of the domain. */
export async function workflowsWith(constants: Readonly<Record<string, number>>): Promise<string> {
  let code = await readFile(builtWorkflows(), 'utf8');
  for (const [name, value] of Object.entries(constants)) {
    const [before, after, ...others] = code.split(new RegExp(`^const ${name} = \\d+;$`, 'm'));
    if (after === undefined || others.length > 0) {
      throw new Error(`${builtWorkflows()} does not define ${name} once, as a number.`);
    }
    code = `${before}const ${name} = ${value};${after}`;
  }
  return code;
}

/**
 * Makes the worker of before all changes of order that `patched` marks, in an empty folder.
 * @returns its entry point
 */
export async function makeEarlierWorker(folder: string): Promise<string> {
  await cp(appFolder(), folder, { recursive: true, filter: (source) => !source.endsWith('node_modules') });
  await symlink(join(appFolder(), 'node_modules'), join(folder, 'node_modules'));
  const bundle = join(folder, 'dist', 'workflows.bundle.js');
  const [before, after, ...others] = (await readFile(bundle, 'utf8')).split('function patched(patchId) {');
  if (after === undefined || others.length > 0) throw new Error(`${bundle} does not define patched once.`);
  await writeFile(bundle, `${before}function patched() { return false;${after}`);
  return join(folder, 'dist', 'worker.js');
}
