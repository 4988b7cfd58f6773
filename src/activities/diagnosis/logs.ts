/** The last words of containers that are not well. */
import type { LogFact } from '../../domain/diagnosis-observation.ts';
import { isCrashing } from '../../domain/diagnosis-ends.ts';
import { excerpt, redact } from '../../domain/redact.ts';
import type { ContainerObservation, PodObservation } from '../../domain/rollout-observation.ts';
import type { ClusterClients } from '../kubernetes/clients.ts';
import { statusOf } from '../kubernetes/failures.ts';
import { lineLength, logBytes, logLines } from './limits.ts';
import type { Looker } from './looker.ts';

export interface LogQuestion {
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
}

/** A container that ended and runs again has two logs; the one that ended says why. */
export function logsToRead(pods: readonly PodObservation[]): readonly LogQuestion[] {
  return pods.flatMap(({ name: pod, containers }) =>
    containers.flatMap((container) => {
      const ended = isCrashing(container) || container.restarts > 0;
      const unready = container.running !== undefined && !container.ready;
      const previous = ended && container.terminated === undefined && container.lastTermination !== undefined;
      const of = (from: boolean): LogQuestion => ({ pod, container: container.name, previous: from });
      return [...(previous ? [of(true)] : []), ...(unready || (ended && !previous) ? [of(false)] : [])];
    }),
  );
}

/** Redacted as a whole, so that a secret on several lines is recognised, then line by line. */
export async function readLog(
  { core }: Pick<ClusterClients, 'core'>,
  namespace: string,
  { pod, container, previous }: LogQuestion,
  { options }: Looker,
): Promise<LogFact> {
  const read = (from: boolean): Promise<string> =>
    core.readNamespacedPodLog(
      { name: pod, namespace, container, previous: from, tailLines: logLines, limitBytes: logBytes },
      options,
    );
  const text = await read(previous).catch((error: unknown) => {
    // The container before is removed already: the one that is there may say the same.
    if (previous && statusOf(error) === 400) return read(false);
    throw error;
  });
  const lines = redact(text)
    .split('\n')
    .map((line) => excerpt(line, lineLength))
    .filter((line) => line !== '');
  return { pod, container, previous, lines };
}

/** Whether something is the matter with the pod: then its events and logs are read. */
export function isUnwell({ containers, ready, phase }: PodObservation): boolean {
  const restarted = ({ restarts, lastTermination }: ContainerObservation): boolean =>
    restarts > 0 && lastTermination !== undefined;
  return ready?.status !== 'True' || phase === 'Failed' || containers.some(restarted);
}
