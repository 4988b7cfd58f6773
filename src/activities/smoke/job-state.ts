/** How a smoke test's Job stands: decided from the Job and its pod, without any request. */
import type { V1ContainerState, V1Job, V1Pod } from '@kubernetes/client-node';
import { podTrouble } from '../../domain/rollout-trouble.ts';
import { hasEnded, observePod } from '../kubernetes/observe-pod.ts';

export type JobState =
  | { readonly kind: 'waiting'; readonly detail: string }
  | { readonly kind: 'running' }
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly detail: string }
  /** It says nothing about what was to be tested. */
  | { readonly kind: 'notRun'; readonly detail: string };

/** A Deployment's container is tried again after these; a Job's waits for nothing better. */
const hopeless = ['CreateContainerError', 'RunContainerError'];
/** The kubelet's words for a program that could not be started. */
const startFailures = ['StartError', 'ContainerCannotRun'];

/** `pods` are the Job's own; there is at most one that counts. `now` in milliseconds since 1970. */
export function jobState(job: V1Job, pods: readonly V1Pod[], now: number): JobState {
  const isTrue = (type: string) => (each: { type: string; status: string }) =>
    each.type === type && each.status === 'True';
  const conditions = job.status?.conditions ?? [];
  if (conditions.some(isTrue('Complete'))) return { kind: 'passed' };

  const [pod] = pods;
  const state = pod?.status?.containerStatuses?.[0]?.state;
  const problem = problemOf(pod, now);
  if (problem !== undefined) return { kind: 'notRun', detail: problem };

  const failed = conditions.find(isTrue('Failed'));
  // The Job's news may come before its pod's, which say why.
  const isPodDone = pod === undefined || hasEnded(pod);
  if (failed !== undefined && (isPodDone || failed.reason === 'DeadlineExceeded')) {
    const disrupted = pod?.status?.conditions?.find(isTrue('DisruptionTarget'));
    if (disrupted !== undefined) {
      return { kind: 'notRun', detail: `its pod was taken away (${disrupted.reason ?? 'disrupted'})` };
    }
    if (pod === undefined && failed.reason !== 'DeadlineExceeded') {
      return { kind: 'notRun', detail: 'its pod was deleted before it had ended' };
    }
    return { kind: 'failed', detail: endOf(state) ?? failed.message ?? failed.reason ?? 'failed' };
  }
  if (failed !== undefined || state?.running !== undefined || state?.terminated !== undefined)
    return { kind: 'running' };
  return { kind: 'waiting', detail: waitingFor(pod, state) };
}

/** By the rules of a rollout, which end every wait for pods; then what is final for a Job alone. */
function problemOf(pod: V1Pod | undefined, now: number): string | undefined {
  if (pod === undefined) return undefined;
  const trouble = podTrouble([observePod(pod)], now);
  if (trouble !== undefined) return `${trouble.evidence[0]?.detail ?? trouble.reason} [${trouble.rule}]`;
  const { waiting, terminated } = pod.status?.containerStatuses?.[0]?.state ?? {};
  if (hopeless.includes(waiting?.reason ?? '')) return `${waiting?.reason ?? ''}: ${waiting?.message ?? ''}`;
  if (startFailures.includes(terminated?.reason ?? '')) {
    return `${terminated?.reason ?? ''}: ${terminated?.message ?? ''}`;
  }
  return undefined;
}

/** For example `exit code 137 (OOMKilled)`. */
function endOf(state: V1ContainerState | undefined): string | undefined {
  const terminated = state?.terminated;
  if (terminated === undefined) return undefined;
  const { exitCode, reason } = terminated;
  const why = reason === undefined || reason === 'Error' || reason === 'Completed' ? '' : ` (${reason})`;
  return `exit code ${exitCode}${why}`;
}

function waitingFor(pod: V1Pod | undefined, state: V1ContainerState | undefined): string {
  if (pod === undefined) return 'no pod was made for it: a quota or a policy of the cluster may refuse it';
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False')
    return `${scheduled.reason ?? 'not scheduled'}: ${scheduled.message ?? ''}`;
  const { reason = 'not started', message } = state?.waiting ?? {};
  return (message ?? '') === '' ? reason : `${reason}: ${message}`;
}
