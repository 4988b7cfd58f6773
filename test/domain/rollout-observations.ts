/** A rollout in the middle, of three replicas from app:1 to app:2; tests state what differs. */
import type {
  ContainerObservation,
  DeploymentObservation,
  PodObservation,
  RolloutObservation,
} from '../../src/domain/rollout-observation.ts';

export const now = Date.parse('2026-11-23T10:00:00Z');

type Parts = Partial<Omit<RolloutObservation, 'deployment' | 'newest'>> & {
  readonly deployment?:
    Partial<{ [K in keyof DeploymentObservation]: DeploymentObservation[K] | undefined }> | undefined;
  readonly newest?: RolloutObservation['newest'] | undefined;
};

export function observation(parts: Parts = {}): RolloutObservation {
  const deployment: DeploymentObservation = {
    name: 'app',
    generation: 7,
    observedGeneration: 7,
    desired: 3,
    total: 4,
    updated: 1,
    available: 3,
    maxUnavailable: 0,
    paused: false,
    image: 'app:2',
    progressing: { status: 'True', reason: 'ReplicaSetUpdated', message: '', since: now - 5_000 },
    ...(parts.deployment as Partial<DeploymentObservation>),
  };
  return {
    expectedImage: 'app:2',
    pods: parts.pods ?? [pod({})],
    oldPods: parts.oldPods ?? { live: 3, terminating: 0 },
    ...('newest' in parts
      ? parts.newest === undefined
        ? {}
        : { newest: parts.newest }
      : { newest: { name: 'app-new' } }),
    ...('deployment' in parts && parts.deployment === undefined ? {} : { deployment }),
  };
}

export function pod(parts: Partial<PodObservation>): PodObservation {
  return {
    name: 'app-new-1',
    phase: 'Running',
    createdAt: now - 10_000,
    terminating: false,
    scheduled: { status: 'True', reason: '', message: '', since: now - 10_000 },
    ready: { status: 'False', reason: 'ContainersNotReady', message: '', since: now - 10_000 },
    containers: [container({})],
    ...parts,
  };
}

export function container(parts: Partial<ContainerObservation>): ContainerObservation {
  return { name: 'app', ready: false, restarts: 0, ...parts };
}
