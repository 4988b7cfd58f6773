/** Rules about the pods of the newest ReplicaSet. Terminating and finished pods are nobody's failure. */
import type { ContainerObservation, PodObservation, RolloutObservation } from './rollout-observation.ts';
import type { RolloutRule, Sighting } from './rollout-rule.ts';
import { readinessGraceSeconds } from './rollout-readiness.ts';
import { imagePullGraceSeconds, outOfMemoryKills, unschedulableGraceSeconds } from './rollout-rule.ts';
import { eachContainer, eachPod, livePods, sighting, waitingFor } from './rollout-sighting.ts';

const pullFailures = ['ErrImagePull', 'ImagePullBackOff'];
/** What registries answer for a tag or repository that does not exist; a refused login says otherwise. */
const imageNotFound = /not found|notfound|manifest unknown|name unknown/i;
const hostNotFound = /no such host|lookup .*not found/i;
/** The kubelet has not seen the Secret or ConfigMap yet; it will. */
const cacheNotSynced = /failed to sync .*cache/i;
/** Exit code of a container that could not be started for reasons of the node, such as a full disk. */
const startFailureExitCode = 128;

export const podRules: readonly RolloutRule[] = [
  {
    name: 'image-not-found',
    effect: 'fatal',
    meaning: 'the registry does not have the image',
    look: waitingFor(({ reason, message }) => pullFailures.includes(reason) && isImageNotFound(message)),
  },
  {
    name: 'image-name-invalid',
    effect: 'fatal',
    meaning: 'the image reference is not valid',
    look: waitingFor(({ reason }) => reason === 'InvalidImageName'),
  },
  {
    name: 'image-never-pull',
    effect: 'fatal',
    meaning: 'the image is not on the node and the pull policy is Never',
    look: waitingFor(({ reason }) => reason === 'ErrImageNeverPull'),
  },
  {
    name: 'container-config-invalid',
    effect: 'fatal',
    meaning:
      'a container cannot be configured, for example because a Secret, a ConfigMap or a key is missing',
    look: waitingFor(
      ({ reason, message }) => reason === 'CreateContainerConfigError' && !cacheNotSynced.test(message),
    ),
  },
  {
    name: 'container-cannot-run',
    effect: 'fatal',
    meaning: 'a container cannot be run',
    look: eachContainer(({ terminated, lastTermination }) => {
      const end = terminated ?? lastTermination;
      if (end?.reason !== 'ContainerCannotRun' || end.exitCode === startFailureExitCode) return undefined;
      return `ContainerCannotRun, exit code ${end.exitCode}: ${end.message}`;
    }),
  },
  {
    name: 'out-of-memory',
    effect: 'fatal',
    meaning: 'containers keep being killed for memory',
    look: outOfMemory,
  },
  {
    name: 'crash-loop-back-off',
    effect: 'fatal',
    meaning: 'a container keeps crashing',
    look: eachContainer((container) => {
      if (container.waiting?.reason !== 'CrashLoopBackOff') return undefined;
      const end = container.lastTermination;
      const last = end === undefined ? '' : `, last exit code ${end.exitCode} (${end.reason})`;
      return `CrashLoopBackOff after ${container.restarts} restarts${last}`;
    }),
  },
  {
    name: 'image-pull-failing',
    effect: 'grace',
    meaning: 'the image could not be pulled',
    look: eachContainer((container, pod) => {
      const { waiting } = container;
      if (waiting === undefined || !pullFailures.includes(waiting.reason) || isImageNotFound(waiting.message))
        return undefined;
      return {
        detail: `${waiting.reason}: ${waiting.message}`,
        until: couldPullFrom(container, pod) + imagePullGraceSeconds * 1000,
      };
    }),
  },
  {
    name: 'unschedulable',
    effect: 'grace',
    meaning: 'no node takes the pod',
    look: eachPod(({ scheduled }, { nodePatienceSeconds = unschedulableGraceSeconds }) => {
      if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return undefined;
      return { detail: scheduled.message, until: scheduled.since + nodePatienceSeconds * 1000 };
    }),
  },
  {
    name: 'readiness-failing',
    effect: 'grace',
    meaning: 'a container runs and does not become ready',
    look: eachContainer((container, pod) => {
      const { running, ready, readiness, startup } = container;
      if (running === undefined || ready || (readiness ?? startup) === undefined) return undefined;
      const seconds = readinessGraceSeconds(container);
      // A container that was ready before gets its patience from the moment it stopped being so.
      const since = Math.max(running.startedAt, pod.ready?.status === 'False' ? pod.ready.since : 0);
      return {
        detail: `running and not ready, ${seconds} s allowed by its probes`,
        until: since + seconds * 1000,
      };
    }),
  },
];

/** A container's image is pulled when those before it are done, and again when it itself has ended. */
function couldPullFrom(container: ContainerObservation, pod: PodObservation): number {
  const before = pod.containers
    .slice(0, pod.containers.indexOf(container))
    .filter(({ isInit }) => isInit === true)
    .map(({ terminated, running }) => terminated?.finishedAt ?? running?.startedAt ?? 0);
  const ended = container.lastTermination?.finishedAt ?? 0;
  return Math.max(pod.scheduled?.since ?? pod.createdAt, ended, ...before);
}

function isImageNotFound(message: string): boolean {
  return imageNotFound.test(message) && !hostNotFound.test(message);
}

/** While a container waits to be started again, its last end is not among the restarts yet. */
function endsBefore({ waiting, restarts }: ContainerObservation): number {
  return waiting?.reason === 'CrashLoopBackOff' ? restarts + 1 : restarts;
}

function outOfMemory(observation: RolloutObservation): readonly Sighting[] {
  const killed = livePods(observation).flatMap((pod) =>
    pod.containers.flatMap((container) => {
      const now = container.terminated?.reason === 'OOMKilled';
      const before = container.lastTermination?.reason === 'OOMKilled';
      // Kubernetes keeps only the last end; an earlier restart is taken to have ended the same way.
      const kills = (now ? 1 : 0) + (before ? Math.max(1, endsBefore(container) - (now ? 1 : 0)) : 0);
      return kills === 0
        ? []
        : [{ kills, sighting: sighting(pod, container, `OOMKilled, ${container.restarts} restarts`) }];
    }),
  );
  const total = killed.reduce((sum, { kills }) => sum + kills, 0);
  return total >= outOfMemoryKills ? killed.map((kill) => kill.sighting) : [];
}
