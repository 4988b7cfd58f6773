import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { askPod } from '../../../src/activities/verification/ask-pod.ts';
import { startApiLike, status } from './api-like-server.ts';
import { manners } from './manners.ts';

const address = { namespace: 'ns', pod: 'pod-a', container: 'web' };
const question = { method: 'GET', port: 8000, path: '/health?x=1', timeoutSeconds: 30 } as const;
/** These alone make it wait: what else there is comes, however late. */
const silent: readonly (keyof typeof manners)[] = ['neverAnswers', 'stopsHalfWayAndHangs'];
const never = new AbortController().signal;

const ok = { kind: 'answer', status: 200, body: 'ok', truncated: false };
const unreachable = (detail: string) => ({ kind: 'unreachable', detail });

test.each<[keyof typeof manners, object]>([
  ['answersAndStaysOpen', ok],
  ['answersByteByByte', ok],
  ['answersUntilItCloses', ok],
  ['answersAndThenFails', ok],
  ['answersWithoutEnd', { status: 200, body: 'x'.repeat(64 * 1024), truncated: true }],
  ['refuses', unreachable('connection refused on port 8000')],
  ['closesAtOnce', unreachable('the connection ended before an answer')],
  ['closesWhenAsked', unreachable('the connection ended before an answer')],
  ['resetsWhenAsked', unreachable('the connection ended before an answer')],
  ['stopsHalfWay', unreachable('the connection ended before an answer')],
  ['resetsHalfWay', unreachable('the connection ended before an answer')],
  ['speaksAnotherLanguage', unreachable('port 8000 does not speak HTTP')],
  ['breaksTheProtocol', unreachable('the connection ended before an answer')],
  ['neverAnswers', unreachable('no answer within 2 s')],
  ['stopsHalfWayAndHangs', unreachable('no answer within 2 s')],
])('a pod that %s is an observation, and its connection ends', async (manner, expected) => {
  const api = await startApiLike({ socket: manners[manner] });
  const timeoutSeconds = silent.includes(manner) ? 2 : question.timeoutSeconds;
  try {
    const asked = { ...question, timeoutSeconds };
    expect(await askPod(api.cluster, 'portForward', address, asked, never)).toMatchObject({
      pod: 'pod-a',
      ...expected,
    });
    expect(api.requests).toEqual(['/api/v1/namespaces/ns/pods/pod-a/portforward?ports=8000']);
    while (api.open() > 0) await new Promise(setImmediate);
  } finally {
    await api.close();
  }
});

test.each([
  [403, 'pods "pod-a" is forbidden'],
  [401, 'Unauthorized'],
  [429, 'too many requests'],
])("the API server's own %s is thrown, not held against the pod", async (code, message) => {
  const api = await startApiLike({
    request: (_request, response) => response.writeHead(code).end(status(code, message)),
  });
  try {
    const asked = askPod(api.cluster, 'portForward', address, question, never);
    await expect(asked).rejects.toMatchObject({ name: 'ApiRefusal', statusCode: code, message });
  } finally {
    await api.close();
  }
});

test.each([
  [404, 'pods "pod-a" not found'],
  [500, 'error dialing backend: no such host'],
])("the API server's %s about the pod is an observation", async (code, message) => {
  const api = await startApiLike({
    request: (_request, response) => response.writeHead(code).end(status(code, message)),
  });
  try {
    expect(await askPod(api.cluster, 'portForward', address, question, never)).toEqual({
      kind: 'unreachable',
      pod: 'pod-a',
      detail: message,
    });
  } finally {
    await api.close();
  }
});

test('an API server that is away is thrown, not held against the pod', async () => {
  const api = await startApiLike({});
  await api.close();
  const asked = askPod(api.cluster, 'portForward', address, question, never);
  await expect(asked).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a cancelled question ends at once, and its connection with it', async () => {
  const api = await startApiLike({ socket: manners.neverAnswers });
  const cancel = new AbortController();
  try {
    const asked = askPod(api.cluster, 'portForward', address, question, cancel.signal);
    while (api.requests.length === 0) await new Promise(setImmediate);
    cancel.abort(new Error('cancelled'));
    await expect(asked).rejects.toThrow('cancelled');
    while (api.open() > 0) await new Promise(setImmediate);
  } finally {
    await api.close();
  }
});

test('no manners of a pod end the process, early or late', async () => {
  const program = fileURLToPath(new URL('./ask-them-all.ts', import.meta.url));
  const { stdout } = await execa('tsx', [program], { preferLocal: true, timeout: 200_000 });
  expect(stdout).toBe('all asked');
});
