/** What a replay does not need and nobody else should read: who ran it, on which machine, and where its files lay. */
import { homedir, hostname, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const needless = ['identity', 'stackTrace', 'binaryChecksum'];
const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const project = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** The longest first. */
const traces: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`${literally(tmpdir())}/fairway-[\\w-]+`, 'g'), '/project'],
  [new RegExp(literally(project), 'g'), '/fairway'],
  [new RegExp(`${literally(homedir())}(?=/)`, 'g'), '~'],
  // As workers call themselves, also in the names of their own task queues.
  [new RegExp(`\\d+@${literally(hostname())}`, 'g'), 'a-worker'],
];

/** For `JSON.parse`, as its second argument. */
export function withoutMachine(key: string, value: unknown): unknown {
  if (needless.includes(key)) return '';
  if (typeof value !== 'string') return value;
  return key === 'data' ? encoded(withoutTraces(decoded(value))) : withoutTraces(value);
}

function withoutTraces(text: string): string {
  return traces.reduce((left, [trace, instead]) => left.replaceAll(trace, instead), text);
}

/** Payloads are JSON in base64. */
function decoded(data: string): string {
  return Buffer.from(data, 'base64').toString('utf8');
}

function encoded(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
