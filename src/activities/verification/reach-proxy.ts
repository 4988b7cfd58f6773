import { statusOf } from './api-status.ts';
import type { Ask } from './ask.ts';
import { ApiRefusal } from './cluster.ts';
import { maxBodyBytes } from './limits.ts';
import { readLimited } from './read-limited.ts';

/** Through the API server's proxy of the pod. */
export const askByProxy: Ask = async (cluster, { namespace, pod }, { method, port, path }, signal) => {
  const proxied = `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy${path}`;
  const answer = await cluster.request(proxied, { method, signal });
  const { text, truncated } = await readLimited(answer.body, maxBodyBytes);
  const own = statusOf(text);
  // A 404 or 503 of the API server is not the pod's: it comes as a Status object of that very code.
  if (own !== undefined && own.code === answer.status) throw new ApiRefusal(own.code, own.message);
  return { status: answer.status, body: text, truncated };
};
