/** How HTTP clients that containers commonly have are called, and how their answers are read. */
import { Unreachable, type PodAnswer, type PodQuestion } from './ask.ts';
import type { ExecEnd } from './exec.ts';
import { maxBodyBytes } from './limits.ts';

type Exited = Extract<ExecEnd, { kind: 'exited' }>;

interface ContainerClient {
  readonly command: (question: PodQuestion) => readonly string[];
  /** Throws `Unreachable`. */
  readonly read: (end: Exited) => PodAnswer;
}

const curlConnectFailed = 7;
const curlTimedOut = 28;

export const curl: ContainerClient = {
  command: ({ method, port, path, timeoutSeconds }) => [
    'curl',
    '--silent',
    '--show-error',
    '--include',
    '--globoff',
    '--noproxy',
    '*',
    '--max-time',
    String(timeoutSeconds),
    ...(method === 'HEAD' ? ['--head'] : []),
    `http://localhost:${port}${path}`,
  ],
  read: (end) => {
    const answer = splitHeaders(end.stdout);
    if (end.code !== 0 || answer === undefined) throw new Unreachable(curlProblem(end));
    return { status: answer.status, ...limit(answer.body, end.truncated) };
  },
};

/** Both BusyBox's and GNU's: the headers go to stderr, and an error status is a non-zero exit. */
export const wget: ContainerClient = {
  command: ({ method, port, path, timeoutSeconds }) => [
    'wget',
    '-q',
    '-S',
    '-t',
    '1',
    '--proxy=off',
    '-T',
    String(timeoutSeconds),
    ...(method === 'HEAD' ? ['--spider'] : ['-O', '-']),
    `http://localhost:${port}${path}`,
  ],
  read: (end) => {
    // The first answer: wget follows redirects, a check does not.
    const status = /^\s*(?:wget: server returned error: )?HTTP\/[\d.]+ (\d{3})\b/m.exec(end.stderr)?.[1];
    if (status === undefined)
      throw new Unreachable(end.stderr.trim() || `wget ended with exit code ${end.code}`);
    return { status: Number(status), ...limit(end.stdout, end.truncated) };
  },
};

function curlProblem(end: Exited): string {
  if (end.code === curlConnectFailed) return 'connection refused';
  if (end.code === curlTimedOut) return 'curl timed out';
  return end.stderr.trim() || `curl ended with exit code ${end.code}`;
}

/** The last block of headers counts: an interim answer (100) may come before it. */
function splitHeaders(output: string): { readonly status: number; readonly body: string } | undefined {
  let rest = output;
  for (;;) {
    const status = /^HTTP\/[\d.]+ (\d{3})\b/.exec(rest)?.[1];
    const end = rest.indexOf('\r\n\r\n');
    if (status === undefined || end === -1) return undefined;
    rest = rest.slice(end + 4);
    if (!status.startsWith('1')) return { status: Number(status), body: rest };
  }
}

function limit(body: string, truncated: boolean): { readonly body: string; readonly truncated: boolean } {
  const bytes = Buffer.from(body);
  if (bytes.length <= maxBodyBytes) return { body, truncated };
  return { body: bytes.subarray(0, maxBodyBytes).toString('utf8'), truncated: true };
}
