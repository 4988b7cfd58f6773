/** Ways of looking at the pods that the rules share. */
import type { ContainerObservation, PodObservation, RolloutObservation } from './rollout-observation.ts';
import type { RolloutRule, Sighting } from './rollout-rule.ts';

type Look = RolloutRule['look'];
type Seen = string | Omit<Sighting, 'subject' | 'pod'> | undefined;

/** Pods that should become available: neither going nor gone. */
export function livePods(observation: RolloutObservation): readonly PodObservation[] {
  return observation.pods.filter(
    (pod) => !pod.terminating && pod.phase !== 'Failed' && pod.phase !== 'Succeeded',
  );
}

/** Containers that wait for a reason like this. */
export function waitingFor(
  matches: (waiting: { readonly reason: string; readonly message: string }) => boolean,
): Look {
  return eachContainer(({ waiting }) =>
    waiting !== undefined && matches(waiting) ? `${waiting.reason}: ${waiting.message}` : undefined,
  );
}

export function eachContainer(see: (container: ContainerObservation, pod: PodObservation) => Seen): Look {
  return (observation) =>
    livePods(observation).flatMap((pod) =>
      pod.containers.flatMap((container) => {
        const seen = see(container, pod);
        return seen === undefined ? [] : [sighting(pod, container, seen)];
      }),
    );
}

export function eachPod(
  see: (pod: PodObservation, observation: RolloutObservation) => Exclude<Seen, string>,
): Look {
  return (observation) =>
    livePods(observation).flatMap((pod) => {
      const seen = see(pod, observation);
      return seen === undefined ? [] : [{ subject: `pod ${pod.name}`, pod: pod.name, ...seen }];
    });
}

export function sighting(
  pod: PodObservation,
  container: ContainerObservation,
  seen: Exclude<Seen, undefined>,
): Sighting {
  const about = { subject: `pod ${pod.name}, container ${container.name}`, pod: pod.name };
  return typeof seen === 'string' ? { ...about, detail: seen } : { ...about, ...seen };
}
