import { Unreachable, type Ask } from './ask.ts';
import { curl, wget } from './container-clients.ts';
import { runInContainer } from './exec.ts';

/** With curl in the container, or wget where there is no curl; arguments only, no shell. */
export const askByExec: Ask = async (cluster, address, question, signal) => {
  let why = '';
  for (const client of [curl, wget]) {
    const end = await runInContainer(cluster, address, client.command(question), signal);
    if (end.kind === 'exited') return client.read(end);
    why = end.message;
  }
  throw new Unreachable(`container ${address.container} has neither curl nor wget: ${why}`);
};
