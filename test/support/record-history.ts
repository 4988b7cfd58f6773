/** Keeps the history of a real run for the replay tests, when asked to: FAIRWAY_RECORD=1. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

export const historiesFolder = fileURLToPath(new URL('../replay/histories/', import.meta.url));

/** `name` says what happened, for example `released-by-helm`. */
export async function recordHistory(address: string, workflowId: string, name: string): Promise<void> {
  if (process.env['FAIRWAY_RECORD'] !== '1') return;
  const connection = await Connection.connect({ address });
  try {
    const history = await new Client({ connection }).workflow.getHandle(workflowId).fetchHistory();
    const json = JSON.stringify(JSON.parse(historyToJSON(history), withoutMachine), null, 1);
    await writeFile(`${historiesFolder}${name}.json`, `${json}\n`);
  } finally {
    await connection.close();
  }
}

/** Replay needs neither who ran it nor where its source lay. */
function withoutMachine(key: string, value: unknown): unknown {
  if (key === 'identity' || key === 'stackTrace' || key === 'binaryChecksum') return '';
  return value;
}
