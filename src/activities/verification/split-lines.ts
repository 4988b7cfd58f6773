import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export interface Line {
  /** At most `maxLength` characters of it. */
  readonly text: string;
  /** As they came, line end included. */
  readonly bytes: number;
}

/** Splits a stream into lines, holding no more than one (shortened) line at a time. */
export async function* splitLines(stream: Readable, maxLength: number): AsyncGenerator<Line> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10, start); end !== -1; end = chunk.indexOf(10, start)) {
      const part = chunk.subarray(start, end);
      yield { text: (text + decoder.end(part)).slice(0, maxLength), bytes: bytes + part.length + 1 };
      text = '';
      bytes = 0;
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    bytes += rest.length;
    if (text.length < maxLength) text += decoder.write(rest);
  }
  if (bytes > 0) yield { text: (text + decoder.end()).slice(0, maxLength), bytes };
}
