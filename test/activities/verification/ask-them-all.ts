/** Asks pods of all manners, several at once, and ends; any unhandled error ends it with another exit code. */
import { askPod } from '../../../src/activities/verification/ask-pod.ts';
import { startApiLike } from './api-like-server.ts';
import { manners } from './manners.ts';

const address = { namespace: 'ns', pod: 'pod-a', container: 'web' };
const question = { method: 'GET', port: 8000, path: '/', timeoutSeconds: 0.2 } as const;

await Promise.all(
  Object.values(manners).map(async (manner) => {
    const api = await startApiLike({ socket: manner });
    const ask = () => askPod(api.cluster, 'portForward', address, question, new AbortController().signal);
    await Promise.all([ask(), ask(), ask()]);
    // Closing resets whatever is still open, which is when late errors come.
    await api.close();
  }),
);
console.log('all asked');
