/** Watches one Job and its pod. */
import type { V1Job, V1Pod } from '@kubernetes/client-node';
import { createAlarm } from '../kubernetes/alarm.ts';
import { isOwnedBy } from '../kubernetes/deployment.ts';
import { statusOf } from '../kubernetes/failures.ts';
import { startReflector } from '../kubernetes/reflector.ts';
import type { SmokeCluster } from './scene.ts';

/** For the list at the end of the time. */
const lastListSeconds = 15;

export interface JobRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface SeenJob {
  /** `undefined` once it is gone, or another of its name is there. */
  readonly job: V1Job | undefined;
  readonly pods: readonly V1Pod[];
}

/**
 * Calls `decide` with each state until it answers something. At the end of the time it is called with a state that is
 * listed then (a watch may have died in silence) and `true`, and `undefined` then ends the wait. Throws the client's
 * errors (at once when waiting cannot cure them, else at the end of the time), and the signal's reason.
 */
export async function followJob<T>(
  clients: SmokeCluster['clients'],
  { namespace, name, uid }: JobRef,
  options: { readonly seconds: number; readonly signal: AbortSignal },
  decide: (seen: SeenJob, timeIsOver: boolean) => T | undefined,
): Promise<T | undefined> {
  const stop = new AbortController();
  const alarm = createAlarm();
  const signal = AbortSignal.any([stop.signal, options.signal]);
  const shared = { watch: clients.watch, onChange: alarm.ring, signal };
  const byName = { fieldSelector: `metadata.name=${name}` };
  const byJob = { labelSelector: `job-name=${name}` };
  const jobs = startReflector<V1Job>({
    ...shared,
    path: `/apis/batch/v1/namespaces/${namespace}/jobs`,
    selector: byName,
    list: () => clients.batch.listNamespacedJob({ namespace, ...byName }),
  });
  const pods = startReflector<V1Pod>({
    ...shared,
    path: `/api/v1/namespaces/${namespace}/pods`,
    selector: byJob,
    list: () => clients.core.listNamespacedPod({ namespace, ...byJob }),
  });
  let endsAt = performance.now() + options.seconds * 1000;
  let isConfirmed = false;
  try {
    for (;;) {
      options.signal.throwIfAborted();
      const troubles = [jobs, pods].map((each) => each.trouble()).filter((each) => each instanceof Error);
      for (const trouble of troubles) if (isRefusal(trouble)) throw trouble;
      const left = endsAt - performance.now();
      if (jobs.isCurrent() && pods.isCurrent()) {
        const job = jobs.items().find(({ metadata }) => metadata?.uid === uid);
        const seen = { job, pods: pods.items().filter((pod) => isOwnedBy(pod, uid)) };
        const decided = decide(seen, isConfirmed);
        if (decided !== undefined || isConfirmed) return decided;
        if (left <= 0) {
          isConfirmed = true;
          for (const each of [jobs, pods]) each.refresh();
          endsAt = performance.now() + lastListSeconds * 1000;
        }
      }
      // Nothing is decided from what is not known.
      else if (left <= 0)
        throw troubles[0] ?? Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
      await alarm.wait(endsAt - performance.now(), options.signal);
    }
  } finally {
    stop.abort();
  }
}

function isRefusal(error: unknown): boolean {
  return [401, 403].includes(statusOf(error) ?? 0);
}
