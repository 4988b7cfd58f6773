import http from 'node:http';
import type { Duplex } from 'node:stream';
import { Unreachable, type PodAnswer, type PodQuestion } from './ask.ts';
import { maxBodyBytes } from './limits.ts';
import { readLimited } from './read-limited.ts';

/**
 * One HTTP/1.1 request over an open connection, which is ended afterwards. Redirects are answers.
 * Throws `Unreachable` when the connection ends first.
 */
export async function requestOver(
  stream: Duplex,
  { method, port, path, headers }: PodQuestion,
  signal: AbortSignal,
): Promise<PodAnswer> {
  try {
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      // Node's client listens to its connection one tick late, and waits for ever when that tick is the last.
      stream.once('error', reject);
      stream.once('close', () => {
        reject(new Unreachable('the connection ended before an answer'));
      });
      const request = http.request({
        createConnection: () => stream,
        method,
        path,
        headers: {
          host: `localhost:${port}`,
          accept: 'application/json, */*;q=0.8',
          connection: 'close',
          'user-agent': 'fairway',
          ...headers,
        },
        signal,
      });
      request.on('response', resolve);
      request.on('error', reject);
      request.end();
    });
    const { text, truncated } = await readLimited(answer, maxBodyBytes);
    return { status: answer.statusCode ?? 0, body: text, truncated };
  } finally {
    stream.destroy();
  }
}
