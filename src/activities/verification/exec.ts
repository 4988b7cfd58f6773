import { Unreachable, type PodAddress } from './ask.ts';
import type { ApiSocket, VerificationCluster } from './cluster.ts';
import { readExecStatus, type ExecStatus } from './exec-status.ts';
import { maxBodyBytes } from './limits.ts';

/** Headers come along with the body. */
const maxOutputBytes = maxBodyBytes + 16 * 1024;

const stdoutChannel = 1;
const stderrChannel = 2;
const statusChannel = 3;

export type ExecEnd =
  | {
      readonly kind: 'exited';
      /** 0 when it was ended for too much output. */
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
      /** There was more output than the limit; the rest was not read. */
      readonly truncated: boolean;
    }
  | Extract<ExecStatus, { kind: 'notStarted' }>;

/** Runs one program in a container through the API server. Throws `ApiRefusal`, `Unreachable`. */
export async function runInContainer(
  cluster: Pick<VerificationCluster, 'openSocket'>,
  { namespace, pod, container }: PodAddress,
  command: readonly string[],
  signal: AbortSignal,
): Promise<ExecEnd> {
  const query = new URLSearchParams({ container, stdout: 'true', stderr: 'true' });
  for (const argument of command) query.append('command', argument);
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query.toString()}`;
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let size = 0;
  let socket: ApiSocket | undefined;
  let abandon: (() => void) | undefined;
  try {
    const end = await new Promise<ExecStatus | { readonly kind: 'tooMuch' }>((resolve, reject) => {
      abandon = () => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abandon);
      const onMessage = (data: Buffer) => {
        const payload = data.subarray(1);
        if (data[0] === statusChannel) {
          resolve(readExecStatus(payload.toString('utf8')));
          return;
        }
        if (data[0] !== stdoutChannel && data[0] !== stderrChannel) return;
        (data[0] === stdoutChannel ? stdout : stderr).push(payload);
        size += payload.length;
        if (size > maxOutputBytes) resolve({ kind: 'tooMuch' });
      };
      const onClose = (error?: Error) => {
        reject(new Unreachable('the connection ended before the program did', { cause: error }));
      };
      cluster
        .openSocket(path, {
          protocols: ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
          signal,
          onMessage,
          onClose,
        })
        .then((opened) => (socket = opened), reject);
    });
    if (end.kind === 'notStarted') return end;
    const text = {
      stdout: Buffer.concat(stdout).toString('utf8'),
      stderr: Buffer.concat(stderr).toString('utf8'),
    };
    return end.kind === 'tooMuch'
      ? { kind: 'exited', code: 0, ...text, truncated: true }
      : { kind: 'exited', code: end.code, ...text, truncated: false };
  } finally {
    if (abandon !== undefined) signal.removeEventListener('abort', abandon);
    socket?.terminate();
  }
}
