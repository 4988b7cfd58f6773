/** Patterns of fairway.yaml that backtrack, on what a pod says: a worker that is busy with one sends no heartbeats. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { askPod } from '../../../src/activities/verification/ask-pod.ts';
import { readLog } from '../../../src/activities/verification/read-log.ts';
import { startApiLike, type ApiLike } from './api-like-server.ts';

const pattern = '(\\w+\\s?)+error$';
const address = { namespace: 'shop', pod: 'pod-a', container: 'shop' };
const { signal } = new AbortController();
/** JavaScript's own engine takes a minute for it, and twice as long for each further letter. */
const slow = 'a'.repeat(32);
let api: ApiLike;

beforeAll(async () => {
  api = await startApiLike({ request: (_request, response) => response.end(`${slow}\nan Error\n${slow}`) });
});
afterAll(() => api.close());

test('a log is read in time that its length decides', async () => {
  const from = performance.now();
  const seen = await readLog(api.cluster, address, { pattern, windowSeconds: 60 }, signal);
  expect(seen).toMatchObject({ kind: 'read', matches: 1, sample: ['an Error'] });
  expect(performance.now() - from).toBeLessThan(30_000);
});

test.each([
  [pattern, false],
  ['^a+\\nan', true],
])('whether a body matches %s is told with it', async (expectBody, matches) => {
  const question = { method: 'GET', port: 8000, path: '/health', timeoutSeconds: 30, expectBody } as const;
  expect(await askPod(api.cluster, 'proxy', address, question, signal)).toMatchObject({
    status: 200,
    matches,
  });
});
