/** Everything that a Temporal server keeps and answers about its workflows, as text. */
import { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { connectTo } from '../../../local/temporal-connection.ts';

/** By where it was found. Payloads are decoded. */
export async function everyWordOf(address: string): Promise<ReadonlyMap<string, string>> {
  const connection = await connectTo(address);
  try {
    const client = new Client({ connection });
    const words = new Map<string, string>();
    for await (const { workflowId, runId } of client.workflow.list()) {
      const handle = client.workflow.getHandle(workflowId, runId);
      const name = `${workflowId} ${runId.slice(0, 8)}`;
      words.set(`history of ${name}`, decoded(historyToJSON(await handle.fetchHistory())));
      words.set(`description of ${name}`, written(await handle.describe()));
      for (const query of ['status', '__temporal_workflow_metadata']) {
        // Not each workflow answers each query.
        const answer = await handle.query(query).catch(String);
        words.set(`${query} of ${name}`, written(answer));
      }
    }
    return words;
  } finally {
    await connection.close();
  }
}

/** Behind the JSON, every payload once more as it was before it was encoded. */
function decoded(json: string): string {
  const payloads = [...json.matchAll(/"data":\s*"([^"]*)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  return [json, ...payloads].join('\n');
}

function written(value: unknown): string {
  const seen = new WeakSet();
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === 'bigint') return String(each);
    if (each instanceof Uint8Array) return Buffer.from(each).toString('utf8');
    if (typeof each !== 'object' || each === null) return each;
    if (seen.has(each)) return undefined;
    seen.add(each);
    return each;
  });
}
