import type { RequestListener } from 'node:http';
import { expect, test } from '@jest/globals';
import { askPod } from '../../../src/activities/verification/ask-pod.ts';
import { startApiLike, status } from './api-like-server.ts';

const address = { namespace: 'ns', pod: 'pod-a', container: 'web' };
const question = { method: 'GET', port: 8000, path: '/health?x=1', timeoutSeconds: 30 } as const;

async function ask(request: RequestListener, timeoutSeconds: number = question.timeoutSeconds) {
  const api = await startApiLike({ request });
  try {
    const asked = { ...question, timeoutSeconds };
    const seen = await askPod(api.cluster, 'proxy', address, asked, new AbortController().signal);
    return { seen, requests: api.requests };
  } finally {
    await api.close();
  }
}

function answering(code: number, body: string): RequestListener {
  return (_request, response) => response.writeHead(code).end(body);
}

test("the pod is asked through the API server's proxy, with this account's credentials", async () => {
  const { seen, requests } = await ask((request, response) => {
    response.writeHead(request.headers.authorization === 'Bearer a-token' ? 200 : 401).end('ok');
  });
  expect(requests).toEqual(['/api/v1/namespaces/ns/pods/pod-a:8000/proxy/health?x=1']);
  expect(seen).toEqual({ kind: 'answer', pod: 'pod-a', status: 200, body: 'ok', truncated: false });
});

test.each([
  [404, '{"detail":"Not Found"}'],
  [503, '{"status":"unhealthy"}'],
  [403, 'not from here'],
  [200, status(404, 'a Status object as content')],
])('what the pod itself answers with %s is its answer', async (code, body) => {
  expect((await ask(answering(code, body))).seen).toMatchObject({ kind: 'answer', status: code, body });
});

test.each([
  [404, 'pods "pod-a" not found', 'pods "pod-a" not found'],
  [
    503,
    'error trying to reach service: dial tcp 10.0.0.1:8000: connect: connection refused',
    'connection refused on port 8000',
  ],
])("the API server's own %s is not the pod's answer", async (code, message, detail) => {
  expect((await ask(answering(code, status(code, message)))).seen).toEqual({
    kind: 'unreachable',
    pod: 'pod-a',
    detail,
  });
});

test('a missing right is thrown', async () => {
  await expect(ask(answering(403, status(403, 'pods "pod-a:8000" is forbidden')))).rejects.toMatchObject({
    statusCode: 403,
  });
});

test('no more than 64 KiB of a body are read', async () => {
  const { seen } = await ask(answering(200, 'x'.repeat(200_000)));
  expect(seen).toMatchObject({ body: 'x'.repeat(64 * 1024), truncated: true });
});

test('a slow answer is given up', async () => {
  expect((await ask(() => undefined, 0.5)).seen).toMatchObject({
    kind: 'unreachable',
    detail: 'no answer within 0.5 s',
  });
});
