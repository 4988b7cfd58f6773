import type { Readable } from 'node:stream';

export interface LimitedText {
  readonly text: string;
  /** There was more than the limit. */
  readonly truncated: boolean;
}

/** Reads a stream as UTF-8 up to a limit of bytes, then ends it. */
export async function readLimited(stream: Readable, maxBytes: number): Promise<LimitedText> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early destroys the stream.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  const all = Buffer.concat(chunks);
  return { text: all.subarray(0, maxBytes).toString('utf8'), truncated: size > maxBytes };
}
