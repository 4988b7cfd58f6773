/** The built worker, as its image has it. */
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
