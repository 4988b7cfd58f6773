import { expect, test } from '@jest/globals';
import { judgeLogs } from '../../src/domain/check-logs.ts';
import type { LogObservation } from '../../src/domain/check-observation.ts';
import type { LogsCheck } from '../../src/domain/check.ts';

const spec: LogsCheck = {
  kind: 'logs',
  name: 'error logs',
  severity: 'advisory',
  pattern: 'error',
  limit: 10,
  windowSeconds: 300,
};

function read(
  pod: string,
  matches: number,
  change: { truncated?: boolean; sample?: readonly string[] } = {},
): LogObservation {
  return { kind: 'read', pod, matches, sample: [], truncated: false, ...change };
}

const unreadable: LogObservation = {
  kind: 'unreadable',
  pod: 'pod-b',
  detail: 'container is waiting to start',
};

test.each([
  ['none', [read('a', 0)], { verdict: 'pass' }],
  ['exactly as many as allowed, over two pods', [read('a', 4), read('b', 6)], { verdict: 'pass' }],
  [
    'one more than allowed, over two pods',
    [read('a', 5), read('b', 6)],
    { verdict: 'fail', reason: 'aboveLimit' },
  ],
  ['a log without access', [read('a', 0), unreadable], { verdict: 'inconclusive', reason: 'unreachable' }],
  [
    'too many, and a log without access',
    [read('a', 11), unreadable],
    { verdict: 'fail', reason: 'aboveLimit' },
  ],
  [
    'few, in a log that was not read to its end',
    [read('a', 1, { truncated: true })],
    { verdict: 'inconclusive' },
  ],
  [
    'too many, in a log that was not read to its end',
    [read('a', 11, { truncated: true })],
    { verdict: 'fail' },
  ],
  ['no pods', [], { verdict: 'inconclusive', reason: 'noPods' }],
] as const)('%s', (_what, seen, expected) => {
  expect(judgeLogs(spec, seen)).toMatchObject({ severity: 'advisory', ...expected });
});

test('at most five lines are shown, from every pod before a second of any, without secrets', () => {
  const sample = ['ERROR 1', 'ERROR 2', 'ERROR 3', 'ERROR 4', 'ERROR 5'];
  const seen = [read('a', 5, { sample }), read('b', 1, { sample: ['ERROR password=hunter2'] })];
  expect(judgeLogs(spec, seen).evidence).toEqual([
    { subject: 'a', detail: 'ERROR 1' },
    { subject: 'b', detail: 'ERROR password=[redacted]' },
    { subject: 'a', detail: 'ERROR 2' },
    { subject: 'a', detail: 'ERROR 3' },
    { subject: 'a', detail: 'ERROR 4' },
    { subject: 'a', detail: '5 matching lines' },
    { subject: 'b', detail: '1 matching line' },
  ]);
});
