import { setTimeout as sleep } from 'node:timers/promises';
import { refusalOf } from './api-refusal.ts';
import type { VerificationCluster } from './cluster.ts';
import {
  settleSeconds,
  silentPatienceSeconds,
  silentPauseSeconds,
  watchPauseMilliseconds,
} from './limits.ts';
import { isSettled } from '../../domain/settled.ts';
import { observeTarget, type SeenTarget } from './observe-target.ts';

/** Sees the target once nothing is starting any more, or once its patience is used up. */
export type Observe = () => Promise<SeenTarget>;

/** One patience for a whole verification: a target that never settles is waited for once. */
export function patientObserver(
  cluster: VerificationCluster,
  at: { readonly namespace: string; readonly deployment: string },
  signal: AbortSignal,
): Observe {
  let patienceMs = settleSeconds * 1000;
  let pauseMs = watchPauseMilliseconds;
  return async () => {
    for (;;) {
      const seen = await observeTarget(cluster, at);
      if (patienceMs <= 0 || isSettled(seen, Date.now())) return seen;
      const from = performance.now();
      const hasChanged = await nextChange(cluster, seen.watches, patienceMs, signal);
      patienceMs -= performance.now() - from;
      if (hasChanged) pauseMs = watchPauseMilliseconds;
      if (hasChanged || patienceMs <= 0) continue;
      const pause = Math.min(pauseMs, patienceMs);
      await sleep(pause, undefined, { signal });
      patienceMs -= pause;
      pauseMs *= 2;
    }
  };
}

/** One patience for a whole verification with pods that do not answer; see `askEachPod`. */
export function patienceWithSilence(signal: AbortSignal): () => Promise<boolean> {
  let left = silentPatienceSeconds;
  return async () => {
    if (left <= 0) return false;
    left -= silentPauseSeconds;
    await sleep(silentPauseSeconds * 1_000, undefined, { signal });
    return true;
  };
}

/** Resolves at the first event of any of the watches (with `true`), when one of them ends, or the time is over. */
async function nextChange(
  cluster: Pick<VerificationCluster, 'request'>,
  watches: readonly string[],
  milliseconds: number,
  cancelled: AbortSignal,
): Promise<boolean> {
  const done = new AbortController();
  const timeout = AbortSignal.timeout(Math.ceil(milliseconds));
  const signal = AbortSignal.any([done.signal, timeout, cancelled]);
  try {
    return await Promise.race(
      watches.map(async (path) => {
        const { status, body } = await cluster.request(path, { method: 'GET', signal });
        // Gone (410) means that the state is old already: looking again is the answer.
        if (status !== 200 && status !== 410) throw await refusalOf(status, body);
        if (status !== 200) return false;
        for await (const event of body) return !String(event).startsWith('{"type":"ERROR"');
        return false;
      }),
    );
  } catch (error) {
    cancelled.throwIfAborted();
    if (!timeout.aborted) throw error;
    return false;
  } finally {
    done.abort();
  }
}
