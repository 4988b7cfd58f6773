import { setTimeout as sleep } from 'node:timers/promises';
import { judgeTrackCheck, watchedChecks } from '../../domain/analysis-checks.ts';
import type { CheckFacts } from '../../domain/analysis-facts.ts';
import type { HttpCheck } from '../../domain/check.ts';
import { toFailure } from '../kubernetes/failures.ts';
import { askTimeoutSeconds, checksEverySeconds, confirmAfterSeconds, roundSeconds } from './limits.ts';
import { outage } from './outage.ts';
import type { Scene } from './look.ts';
import type { Window } from './measure.ts';

/** Asks the new track's pods what the service's checks ask, every so often; between rounds the last one stands. */
export function createCheckAsker(scene: Pick<Scene, 'cluster' | 'input' | 'signal'>) {
  const specs = watchedChecks(scene.input.target.service.verification.checks);
  let facts: readonly CheckFacts[] = [];
  let askedAt = -Infinity;
  return async (window: Window, isLast: boolean): Promise<readonly CheckFacts[]> => {
    if (specs.length === 0) return [];
    if (!isLast && window.end - askedAt < checksEverySeconds * 1000) return facts;
    facts = await Promise.all(specs.map((spec) => askConfirmed(scene, spec, isLast)));
    askedAt = window.end;
    return facts;
  };
}

type AskScene = Pick<Scene, 'cluster' | 'input' | 'signal'>;

/** A wrong answer is asked for once more. */
async function askConfirmed(scene: AskScene, spec: HttpCheck, isLast: boolean): Promise<CheckFacts> {
  const first = await askOnce(scene, spec, isLast);
  if (judgeTrackCheck(first).verdict !== 'fail') return first;
  await sleep(confirmAfterSeconds * 1000, undefined, { signal: scene.signal });
  return askOnce(scene, spec, isLast);
}

async function askOnce(scene: AskScene, spec: HttpCheck, isLast: boolean): Promise<CheckFacts> {
  const { target, candidate: deployment } = scene.input;
  const seconds = isLast ? roundSeconds.last : roundSeconds.between;
  const deadline = AbortSignal.timeout(seconds * 1000);
  const check = { ...spec, timeoutSeconds: Math.min(spec.timeoutSeconds, askTimeoutSeconds) };
  const unknown = (reason: string): CheckFacts => ({ spec, seen: { state: 'unknown', reason } });
  try {
    const answers = await scene.cluster.askPods(
      { target, deployment, check, patient: isLast },
      AbortSignal.any([scene.signal, deadline]),
    );
    return { spec, seen: { state: 'asked', answers } };
  } catch (error) {
    scene.signal.throwIfAborted();
    if (deadline.aborted) return unknown(`not every pod answered within ${seconds} s`);
    const { cluster, namespace } = target.environment;
    const reason = outage(toFailure(error, { cluster, namespace }));
    if (reason === undefined) throw error;
    return unknown(reason);
  }
}
