/** Pods to look at because a release failed, however well they look. */
import type { ReleaseFailure } from '../../domain/diagnosis-failure.ts';
import type { PodObservation } from '../../domain/rollout-observation.ts';
import { maxPods } from './limits.ts';

/** What its evidence is about: pods, and other things that have no pod's name. */
export function podsNamedIn(failure: ReleaseFailure | undefined): readonly string[] {
  return (failure?.judged ?? []).flatMap(({ evidence }) => evidence.map(({ subject }) => subject));
}

export function namedFirst<T extends { readonly name: string }>(
  pods: readonly T[],
  names: readonly string[],
): readonly T[] {
  const isNamed = ({ name }: T): boolean => names.includes(name);
  return [...pods.filter(isNamed), ...pods.filter((pod) => !isNamed(pod))];
}

/** Where a check, a metric or an alert failed: the pods that it names, and others of the same version. */
export function suspectsOf(
  pods: readonly PodObservation[],
  failure: ReleaseFailure | undefined,
): readonly PodObservation[] {
  if (failure === undefined || failure.judged.length === 0) return [];
  const running = pods.filter(({ phase, terminating }) => phase === 'Running' && !terminating);
  return namedFirst(running, podsNamedIn(failure)).slice(0, maxPods);
}
