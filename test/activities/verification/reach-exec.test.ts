import { expect, test } from '@jest/globals';
import type { WebSocket } from 'ws';
import { askPod } from '../../../src/activities/verification/ask-pod.ts';
import { startApiLike } from './api-like-server.ts';

const address = { namespace: 'ns', pod: 'pod-a', container: 'web' };
const question = { method: 'GET', port: 8000, path: '/health', timeoutSeconds: 30 } as const;

/** What a program in the container leaves behind. */
interface Run {
  readonly stdout?: string;
  readonly stderr?: string;
  /** How it ends; never, when absent. */
  readonly end?: object;
}

const success = { status: 'Success' };
const exited = (code: number) => ({
  status: 'Failure',
  reason: 'NonZeroExitCode',
  message: `command terminated with non-zero exit code: exit status ${code}`,
  details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
});
const missing = {
  status: 'Failure',
  reason: 'InternalError',
  message: 'exec: "curl": executable file not found in $PATH',
};

function play(socket: WebSocket, run: Run | undefined): void {
  const send = (channel: number, text: string) =>
    socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
  if (run === undefined) return socket.close();
  if (run.stdout !== undefined) send(1, run.stdout);
  if (run.stderr !== undefined) send(2, run.stderr);
  if (run.end !== undefined) send(3, JSON.stringify(run.end));
}

/** Asks a container in which each program does as `runs` says. */
async function ask(runs: Readonly<Record<string, Run>>, timeoutSeconds: number = question.timeoutSeconds) {
  const commands: string[][] = [];
  const api = await startApiLike({
    socket: (socket, _raw, path) => {
      const query = new URL(path, 'http://api').searchParams;
      commands.push(query.getAll('command'));
      play(socket, runs[query.get('command') ?? '']);
    },
  });
  try {
    const asked = { ...question, timeoutSeconds };
    const seen = await askPod(api.cluster, 'exec', address, asked, new AbortController().signal);
    return { seen, commands };
  } finally {
    await api.close();
  }
}

const answer = (code: number) =>
  `HTTP/1.1 ${code} Word\r\ncontent-type: text/plain\r\n\r\nbody\r\n\r\nHTTP/1.1 500`;
const wgetHeaders = (code: number) => `  HTTP/1.1 ${code} Word\n  content-type: text/plain\n`;
const status = (code: number, body: string) => ({ kind: 'answer', status: code, body, truncated: false });
const unreachable = (detail: string) => ({ kind: 'unreachable', detail });

test.each<[string, Readonly<Record<string, Run>>, object]>([
  [
    'curl reads an answer',
    { curl: { stdout: answer(200), end: success } },
    status(200, 'body\r\n\r\nHTTP/1.1 500'),
  ],
  ['curl reads an error status', { curl: { stdout: answer(503), end: success } }, { status: 503 }],
  [
    'curl reads past an interim answer',
    { curl: { stdout: `HTTP/1.1 100 Continue\r\n\r\n${answer(404)}`, end: success } },
    { status: 404 },
  ],
  [
    'curl finds the port closed',
    { curl: { stderr: 'curl: (7) Failed', end: exited(7) } },
    unreachable('connection refused on port 8000'),
  ],
  [
    'curl ends with nothing',
    { curl: { stderr: 'curl: (52) Empty reply', end: exited(52) } },
    unreachable('curl: (52) Empty reply'),
  ],
  [
    'curl prints no HTTP',
    { curl: { stdout: 'hello', end: success } },
    unreachable('curl ended with exit code 0'),
  ],
  ['the connection is lost', {}, unreachable('the connection ended before the program did')],
  [
    'there is only wget',
    { curl: { end: missing }, wget: { stdout: 'body', stderr: wgetHeaders(200), end: success } },
    status(200, 'body'),
  ],
  [
    'a shell says that curl is missing',
    { curl: { end: exited(127) }, wget: { stdout: '', stderr: wgetHeaders(404), end: exited(8) } },
    { status: 404 },
  ],
  [
    'wget follows a redirect',
    { curl: { end: missing }, wget: { stderr: wgetHeaders(302) + wgetHeaders(200), end: success } },
    { status: 302 },
  ],
  [
    "BusyBox's wget reports an error status",
    {
      curl: { end: missing },
      wget: { stderr: 'wget: server returned error: HTTP/1.1 503 Busy', end: exited(1) },
    },
    { status: 503 },
  ],
  [
    'wget finds the port closed',
    { curl: { end: missing }, wget: { stderr: "wget: can't connect: Connection refused", end: exited(1) } },
    unreachable('connection refused on port 8000'),
  ],
  [
    'there is neither',
    { curl: { end: missing }, wget: { end: missing } },
    { kind: 'unreachable', detail: expect.stringMatching(/neither curl nor wget/) },
  ],
])('%s', async (_what, runs, expected) => {
  expect((await ask(runs)).seen).toMatchObject(expected);
});

test('curl hangs', async () => {
  expect((await ask({ curl: {} }, 0.5)).seen).toMatchObject(unreachable('no answer within 0.5 s'));
});

test('output over the limit is cut off', async () => {
  const endless = `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(100_000)}`;
  expect((await ask({ curl: { stdout: endless } })).seen).toMatchObject({
    status: 200,
    body: 'x'.repeat(64 * 1024),
    truncated: true,
  });
});

test('the program gets its arguments one by one', async () => {
  const { commands } = await ask({ curl: { stdout: answer(200), end: success } }, 7.5);
  expect(commands).toEqual([
    [
      'curl',
      '--silent',
      '--show-error',
      '--include',
      '--globoff',
      '--noproxy',
      '*',
      '--max-time',
      '7.5',
      'http://localhost:8000/health',
    ],
  ]);
});
