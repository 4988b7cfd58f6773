import type {
  V1Container,
  V1ContainerStateTerminated,
  V1ContainerStatus,
  V1Pod,
  V1Probe,
} from '@kubernetes/client-node';
import type {
  ContainerObservation,
  PodObservation,
  ProbeTiming,
  Termination,
} from '../../domain/rollout-observation.ts';
import { observeCondition, timeOf } from './observe-condition.ts';

const phases = ['Pending', 'Running', 'Succeeded', 'Failed'] as const;

/** Its containers will not run again: nobody's failure, and no one that serves. */
export function hasEnded({ status }: V1Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

export function observePod({ metadata, spec, status }: V1Pod): PodObservation {
  const conditions = status?.conditions;
  const scheduled = observeCondition(conditions, 'PodScheduled');
  const ready = observeCondition(conditions, 'Ready');
  const disrupted = observeCondition(conditions, 'DisruptionTarget');
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const init = status?.initContainerStatuses ?? [];
  const statuses = [...init, ...(status?.containerStatuses ?? [])];
  return {
    name: metadata?.name ?? '',
    phase: phases.find((phase) => phase === status?.phase) ?? 'Unknown',
    ...(status?.reason === undefined ? {} : { reason: status.reason }),
    ...(status?.message === undefined ? {} : { message: status.message }),
    createdAt: timeOf(metadata?.creationTimestamp) ?? 0,
    terminating: metadata?.deletionTimestamp !== undefined,
    ...(scheduled === undefined ? {} : { scheduled }),
    ...(ready === undefined ? {} : { ready }),
    ...(disrupted?.status === 'True' ? { disrupted } : {}),
    containers: statuses.map((each) => ({
      ...observeContainer(
        each,
        containers.find(({ name }) => name === each.name),
      ),
      ...(init.includes(each) ? { isInit: true as const } : {}),
    })),
  };
}

function observeContainer(status: V1ContainerStatus, spec: V1Container | undefined): ContainerObservation {
  const { waiting, running, terminated } = status.state ?? {};
  const startedAt = timeOf(running?.startedAt);
  const last = status.lastState?.terminated;
  return {
    name: status.name,
    ready: status.ready,
    restarts: status.restartCount,
    ...(waiting === undefined
      ? {}
      : { waiting: { reason: waiting.reason ?? '', message: waiting.message ?? '' } }),
    ...(startedAt === undefined ? {} : { running: { startedAt } }),
    ...(terminated === undefined ? {} : { terminated: observeEnd(terminated) }),
    ...(last === undefined ? {} : { lastTermination: observeEnd(last) }),
    ...(spec?.readinessProbe === undefined ? {} : { readiness: timing(spec.readinessProbe) }),
    ...(spec?.startupProbe === undefined ? {} : { startup: timing(spec.startupProbe) }),
  };
}

function observeEnd(end: V1ContainerStateTerminated): Termination {
  const { reason = '', exitCode, message = '' } = end;
  const finishedAt = timeOf(end.finishedAt);
  return { reason, exitCode, message, ...(finishedAt === undefined ? {} : { finishedAt }) };
}

/** The API server writes every field; its defaults stand here for a probe that came another way. */
function timing(probe: V1Probe): ProbeTiming {
  const { initialDelaySeconds = 0, timeoutSeconds = 1, periodSeconds = 10, failureThreshold = 3 } = probe;
  return { initialDelaySeconds, timeoutSeconds, periodSeconds, failureThreshold };
}
