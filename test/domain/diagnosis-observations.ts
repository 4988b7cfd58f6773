/** A Deployment `shop-server` in the middle of a rollout of three pods; cases state what differs. */
import type {
  ContainerFacts,
  DiagnosisObservation,
  EventFact,
  LogFact,
  ProbeAnswer,
  ProbeFacts,
  WorkloadFacts,
} from '../../src/domain/diagnosis-observation.ts';
import type {
  ContainerObservation,
  PodObservation,
  RolloutObservation,
  Termination,
} from '../../src/domain/rollout-observation.ts';
import { now, observation } from './rollout-observations.ts';

export { now };

export interface Case {
  /** In this the rule is told first. */
  readonly hit: DiagnosisObservation;
  /** Much like it, and the rule is not told. */
  readonly miss: DiagnosisObservation;
}

export const seconds = 1_000;

export const readinessProbe: ProbeFacts = {
  kind: 'readiness',
  words: 'http-get :8000/ready delay=0s timeout=1s period=5s #failure=3',
  timeoutSeconds: 1,
  port: { written: '8000', number: 8000 },
  http: { path: '/ready', scheme: 'HTTP' },
};

export function workload(
  parts: Partial<WorkloadFacts> = {},
  container: Partial<ContainerFacts> = {},
): WorkloadFacts {
  return {
    replicas: 3,
    maxSurge: 1,
    maxUnavailable: 0,
    strategy: 'RollingUpdate',
    minReadySeconds: 0,
    progressDeadlineSeconds: 600,
    nodeSelector: {},
    hasAffinity: false,
    serviceAccount: 'default',
    scheduler: 'default-scheduler',
    claims: [],
    pullSecrets: [],
    containers: [
      {
        name: 'shop',
        image: 'example/shop:2',
        isInit: false,
        requests: { cpu: '500m', memory: '128Mi' },
        limits: { memory: '256Mi' },
        ports: { http: 8000, metrics: 9090 },
        probes: [readinessProbe],
        ...container,
      },
    ],
    ...parts,
  };
}

type RolloutParts = Partial<Omit<RolloutObservation, 'deployment'>> & {
  readonly deployment?: Partial<NonNullable<RolloutObservation['deployment']>>;
};

/** Three good pods of the newest ReplicaSet unless the parts say otherwise. */
export function seen(
  parts: Partial<Omit<DiagnosisObservation, 'rollout'>> = {},
  rollout: RolloutParts = {},
): DiagnosisObservation {
  return {
    at: now,
    namespace: 'shop-dev',
    deployment: 'shop-server',
    deploymentState: 'present',
    rollout: {
      ...observation({
        newest: { name: 'shop-server-abc' },
        pods: [aPod(1, {}, ok), aPod(2, {}, ok), aPod(3, {}, ok)],
        oldPods: { live: 0, terminating: 0 },
        ...rollout,
        deployment: {
          name: 'shop-server',
          image: 'example/shop:2',
          updated: 3,
          total: 3,
          available: 3,
          ...rollout.deployment,
        },
      }),
      expectedImage: 'example/shop:2',
    },
    workload: workload(),
    places: [],
    events: { state: 'seen', value: [] },
    logs: [],
    nodes: { state: 'seen', value: [] },
    quotas: { state: 'seen', value: [] },
    budgets: { state: 'seen', value: [] },
    claims: { state: 'seen', value: [] },
    missing: { state: 'seen', value: [] },
    usage: { state: 'seen', value: [] },
    service: {
      state: 'seen',
      value: {
        name: 'shop-server',
        exists: true,
        selector: 'app=shop',
        selectsPods: true,
        readyEndpoints: 3,
        unknownTargetPorts: [],
      },
    },
    answers: [],
    gaps: [],
    ...parts,
  };
}

const ok: Partial<ContainerObservation> = { ready: true, running: { startedAt: now - 60 * seconds } };

export function aPod(
  index: number,
  parts: Partial<PodObservation> = {},
  container: Partial<ContainerObservation> = {},
): PodObservation {
  const good = container.ready === true;
  const since = now - 60 * seconds;
  return {
    name: `shop-server-abc-${String(index)}`,
    phase: 'Running',
    createdAt: since,
    terminating: false,
    scheduled: { status: 'True', reason: '', message: '', since },
    ready: { status: good ? 'True' : 'False', reason: '', message: '', since },
    containers: [{ name: 'shop', ready: false, restarts: 0, ...container }],
    ...parts,
  };
}

/** All three pods have such a container. */
export function containers(
  container: Partial<ContainerObservation>,
  parts: Partial<Omit<DiagnosisObservation, 'rollout'>> = {},
): DiagnosisObservation {
  return seen(parts, {
    pods: [aPod(1, {}, container), aPod(2, {}, container), aPod(3, {}, container)],
    deployment: { available: 0 },
  });
}

export function waits(reason: string, message = ''): Partial<ContainerObservation> {
  return { waiting: { reason, message } };
}

export function ended(exitCode: number, reason = 'Error', message = ''): Partial<ContainerObservation> {
  const lastTermination: Termination = { reason, exitCode, message };
  return { ...waits('CrashLoopBackOff', 'back-off'), restarts: 3, lastTermination };
}

/** Crashes, having written these lines last. */
export function crashedWith(...lines: readonly string[]): DiagnosisObservation {
  return containers(ended(1), { logs: [log(...lines)] });
}

export function log(...lines: readonly string[]): LogFact {
  return { pod: 'shop-server-abc-1', container: 'shop', previous: true, lines };
}

export function events(...facts: readonly Partial<EventFact>[]): DiagnosisObservation['events'] {
  return {
    state: 'seen',
    value: facts.map((fact) => ({
      object: 'Pod shop-server-abc-1',
      reason: 'Failed',
      message: '',
      count: 1,
      lastAt: now - seconds,
      ...fact,
    })),
  };
}

/** Pods that no node takes, in the scheduler's words. */
export function unschedulable(
  message: string,
  parts: Partial<Omit<DiagnosisObservation, 'rollout'>> = {},
): DiagnosisObservation {
  const scheduled = { status: 'False', reason: 'Unschedulable', message, since: now - 60 * seconds } as const;
  return seen(parts, {
    pods: [aPod(1, { phase: 'Pending', scheduled, containers: [] })],
    deployment: { available: 2, updated: 1 },
    oldPods: { live: 2, terminating: 0 },
  });
}

/** The ReplicaSet cannot create its pods. */
export function refused(message: string, old = 0): DiagnosisObservation {
  const failure = { status: 'True', reason: 'FailedCreate', message, since: now - 60 * seconds } as const;
  return seen(
    {},
    {
      newest: { name: 'shop-server-abc', failure },
      pods: [],
      oldPods: { live: old, terminating: old === 0 ? 0 : 1 },
      deployment: { updated: 0, available: 0 },
    },
  );
}

/** A container that runs and is not ready, longer than its probes allow. */
export function unready(
  parts: Partial<Omit<DiagnosisObservation, 'rollout'>> = {},
  runsFor = 600,
): DiagnosisObservation {
  const startedAt = now - runsFor * seconds;
  const readiness = { initialDelaySeconds: 0, timeoutSeconds: 1, periodSeconds: 5, failureThreshold: 3 };
  const pod = (index: number): PodObservation => ({
    ...aPod(index, {}, { running: { startedAt }, readiness }),
    ready: { status: 'False', reason: 'ContainersNotReady', message: '', since: startedAt },
  });
  return seen(parts, { pods: [pod(1), pod(2), pod(3)], deployment: { available: 0 } });
}

export function answer(parts: Partial<ProbeAnswer> = {}): ProbeAnswer {
  return {
    pod: 'shop-server-abc-1',
    container: 'shop',
    probe: 'readiness',
    port: 8000,
    path: '/ready',
    asked: 'probe',
    detail: '',
    milliseconds: 20,
    ...parts,
  };
}
