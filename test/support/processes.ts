import { listProcesses } from '../../local/process-list.mjs';

/** Command lines of the running processes that mention a text; those already dead do not count. */
export function processesWith(text: string): Promise<string[]> {
  const found = listProcesses().filter(
    ({ isDead, command }) => !isDead && command.includes(text) && !command.includes('keeper.mjs'),
  );
  return Promise.resolve(found.map(({ command }) => command));
}
