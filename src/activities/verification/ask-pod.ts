import type { HttpObservation } from '../../domain/check-observation.ts';
import type { Reach } from '../../domain/check.ts';
import { excerpt } from '../../domain/redact.ts';
import { linearPattern } from '../linear-pattern.ts';
import { Unreachable, type Ask, type PodAddress, type PodQuestion } from './ask.ts';
import { ApiRefusal, type VerificationCluster } from './cluster.ts';
import { askByExec } from './reach-exec.ts';
import { askByPortForward } from './reach-port-forward.ts';
import { askByProxy } from './reach-proxy.ts';

const detailExcerpt = 200;

const asks = {
  portForward: askByPortForward,
  proxy: askByProxy,
  exec: askByExec,
} satisfies Record<Reach, Ask>;

/**
 * Asks one pod one question. What the pod does (refuse, hang, talk nonsense) is an observation;
 * what the API server itself denies, or its absence, is thrown.
 */
export async function askPod(
  cluster: VerificationCluster,
  reach: Reach,
  address: PodAddress,
  question: PodQuestion,
  cancelled: AbortSignal,
): Promise<HttpObservation> {
  const { pod } = address;
  const timeout = AbortSignal.timeout(question.timeoutSeconds * 1000);
  try {
    const answer = await asks[reach](cluster, address, question, AbortSignal.any([cancelled, timeout]));
    const { expectBody } = question;
    const matches = expectBody === undefined ? {} : { matches: linearPattern(expectBody)(answer.body) };
    return { kind: 'answer', pod, ...answer, ...matches };
  } catch (error) {
    cancelled.throwIfAborted();
    if (timeout.aborted) {
      return { kind: 'unreachable', pod, detail: `no answer within ${question.timeoutSeconds} s` };
    }
    if (!isPodsDoing(error)) throw error;
    return { kind: 'unreachable', pod, detail: unreachableDetail(error, question.port) };
  }
}

function isPodsDoing(error: unknown): error is Error {
  if (error instanceof Unreachable) return true;
  // Any other refusal is about this pod: gone, not running, its port closed.
  return error instanceof ApiRefusal && ![401, 403, 429].includes(error.statusCode);
}

function unreachableDetail(error: Error, port: number): string {
  // The container runtime has words for this, and no code.
  if (/connection refused/i.test(error.message)) return `connection refused on port ${port}`;
  return excerpt(error.message, detailExcerpt);
}
