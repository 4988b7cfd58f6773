import type { Readable } from 'node:stream';
import { statusOf } from './api-status.ts';
import { ApiRefusal } from './cluster.ts';
import { readLimited } from './read-limited.ts';

const maxBytes = 4 * 1024;

/** The refusal in the API server's own words, as far as it has any. */
export async function refusalOf(status: number, body: Readable): Promise<ApiRefusal> {
  const text = await readLimited(body, maxBytes).then(
    (read) => read.text,
    () => '',
  );
  return new ApiRefusal(status, statusOf(text)?.message ?? `the API server answered ${status}`);
}
