/** Keeps the history of a real run for the replay tests, when asked to: FAIRWAY_RECORD=1. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { withoutMachine } from './history-without-machine.ts';
import { connectTo } from '../../local/temporal-connection.ts';

export const historiesFolder = fileURLToPath(new URL('../replay/histories/', import.meta.url));

/** `name` says what happened, for example `released-by-helm`. */
export function recordHistory(address: string, workflowId: string, name: string): Promise<void> {
  return record(address, name, () => Promise.resolve(workflowId));
}

/** Of what followed the release that a person started under this ID, once that has ended. */
export function recordIncident(address: string, release: string, name: string): Promise<void> {
  return record(address, name, async (client) => {
    const query = `WorkflowType = 'incident' AND WorkflowId STARTS_WITH 'incident:${release}:'`;
    for (;;) {
      for await (const { workflowId } of client.workflow.list({ query })) {
        await client.workflow.getHandle(workflowId).result();
        return workflowId;
      }
    }
  });
}

async function record(
  address: string,
  name: string,
  find: (client: Client) => Promise<string>,
): Promise<void> {
  if (process.env['FAIRWAY_RECORD'] !== '1') return;
  const connection = await connectTo(address);
  try {
    const client = new Client({ connection });
    const history = await client.workflow.getHandle(await find(client)).fetchHistory();
    const json = JSON.stringify(JSON.parse(historyToJSON(history), withoutMachine), null, 1);
    await keep(name, `${json}\n`);
  } finally {
    await connection.close();
  }
}

/** It shows what a worker of its day did, so it is never written anew: one that differs gets a name of its own. */
async function keep(name: string, json: string): Promise<void> {
  try {
    await writeFile(`${historiesFolder}${name}.json`, json, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
