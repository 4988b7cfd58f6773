import { Unreachable, type Ask } from './ask.ts';
import { requestOver } from './http-over-stream.ts';
import { openPortForward } from './port-forward.ts';

/** A connection of its own for each request: nothing stays open between checks. */
export const askByPortForward: Ask = async (cluster, { namespace, pod }, question, signal) => {
  const stream = await openPortForward(cluster, { namespace, pod, port: question.port }, signal);
  try {
    return await requestOver(stream, question, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Unreachable) throw error;
    // The connection had been made, so its loss is the pod's (or its node's), not the API server's.
    const code = String((error as NodeJS.ErrnoException).code);
    const noHttp = code.startsWith('HPE_');
    const what = noHttp
      ? `port ${question.port} does not speak HTTP`
      : 'the connection ended before an answer';
    throw new Unreachable(what, { cause: error });
  }
};
