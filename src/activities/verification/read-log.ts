import type { LogObservation } from '../../domain/check-observation.ts';
import type { LogsCheck } from '../../domain/check.ts';
import { excerpt, redact } from '../../domain/redact.ts';
import { linearPattern } from '../linear-pattern.ts';
import { refusalOf } from './api-refusal.ts';
import type { PodAddress } from './ask.ts';
import { ApiRefusal, type VerificationCluster } from './cluster.ts';
import { apiTimeoutSeconds, maxLineLength, maxLogBytes, maxSampleLines } from './limits.ts';
import { splitLines } from './split-lines.ts';

const detailExcerpt = 200;
const sampleLength = 500;

/** Counts the matching lines of one container's recent log, reading it as it comes. */
export async function readLog(
  cluster: Pick<VerificationCluster, 'request'>,
  { namespace, pod, container }: PodAddress,
  spec: Pick<LogsCheck, 'pattern' | 'windowSeconds'>,
  cancelled: AbortSignal,
): Promise<LogObservation> {
  const timeout = AbortSignal.timeout(apiTimeoutSeconds * 1000);
  const query = new URLSearchParams({
    container,
    sinceSeconds: String(spec.windowSeconds),
    limitBytes: String(maxLogBytes),
  });
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?${query.toString()}`;
  try {
    const signal = AbortSignal.any([cancelled, timeout]);
    const answer = await cluster.request(path, { method: 'GET', signal });
    if (answer.status !== 200) throw await refusalOf(answer.status, answer.body);
    const matchesPattern = linearPattern(spec.pattern, 'i');
    const sample: string[] = [];
    let matches = 0;
    let bytes = 0;
    for await (const line of splitLines(answer.body, maxLineLength)) {
      bytes += line.bytes;
      if (!matchesPattern(line.text)) continue;
      matches += 1;
      if (sample.length < maxSampleLines) sample.push(redact(line.text).slice(0, sampleLength));
    }
    return { kind: 'read', pod, matches, sample, truncated: bytes >= maxLogBytes };
  } catch (error) {
    cancelled.throwIfAborted();
    if (timeout.aborted) {
      return { kind: 'unreadable', pod, detail: `the log did not arrive within ${apiTimeoutSeconds} s` };
    }
    const aboutThisPod = error instanceof ApiRefusal && ![401, 403, 429].includes(error.statusCode);
    if (!aboutThisPod) throw error;
    return { kind: 'unreadable', pod, detail: excerpt(error.message, detailExcerpt) };
  }
}
