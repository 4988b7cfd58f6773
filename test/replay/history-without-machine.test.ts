import { hostname, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { withoutMachine } from '../support/history-without-machine.ts';

const chart = `${tmpdir()}/fairway-stage-a1B2c3/chart`;
const source = fileURLToPath(new URL('../../src/worker.ts', import.meta.url));
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

test.each<[string, unknown, unknown]>([
  ['who ran it', { identity: `12@${hostname()}` }, { identity: '' }],
  ['where its source lay', { stackTrace: `at run (${source}:1:2)` }, { stackTrace: '' }],
  ["a worker's own queue", { name: `12@${hostname()}-7f` }, { name: 'a-worker-7f' }],
  ['a folder of a test', { message: `no ${chart}` }, { message: 'no /project/chart' }],
  ['the folder of the project', { message: source }, { message: '/fairway/src/worker.ts' }],
  [
    'a folder in a payload',
    { data: base64({ chart, name: '4.1.0 → 4.2.0' }) },
    { data: base64({ chart: '/project/chart', name: '4.1.0 → 4.2.0' }) },
  ],
])('a history is kept without %s', (_what, event, kept) => {
  expect(JSON.parse(JSON.stringify(event), withoutMachine)).toEqual(kept);
});

test('all else is kept as it is', () => {
  const event = {
    eventId: '1',
    data: base64(['é', 1, null, '…']),
    metadata: { encoding: 'anNvbi9wbGFpbg==' },
  };
  expect(JSON.parse(JSON.stringify(event), withoutMachine)).toEqual(event);
});
