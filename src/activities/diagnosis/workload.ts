/** What a Deployment's template says, and where its pods are. */
import type { V1Container, V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { ContainerFacts, PodPlace, WorkloadFacts } from '../../domain/diagnosis-observation.ts';
import { timeOf } from '../kubernetes/observe-condition.ts';
import { rollingUpdate } from '../kubernetes/rolling-update.ts';
import { probesOf } from './probe-facts.ts';

export function workloadFacts(deployment: V1Deployment): WorkloadFacts {
  const { spec } = deployment;
  const pod = spec?.template.spec;
  const replicas = spec?.replicas ?? 1;
  const claims = (pod?.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []);
  return {
    replicas,
    ...rollingUpdate(deployment, replicas),
    strategy: spec?.strategy?.type === 'Recreate' ? 'Recreate' : 'RollingUpdate',
    minReadySeconds: spec?.minReadySeconds ?? 0,
    progressDeadlineSeconds: spec?.progressDeadlineSeconds ?? 600,
    nodeSelector: pod?.nodeSelector ?? {},
    hasAffinity: pod?.affinity !== undefined,
    tolerations: pod?.tolerations ?? [],
    serviceAccount: pod?.serviceAccountName ?? 'default',
    scheduler: pod?.schedulerName ?? 'default-scheduler',
    claims: [...new Set(claims)],
    pullSecrets: (pod?.imagePullSecrets ?? []).flatMap(({ name }) => name ?? []),
    containers: [
      ...(pod?.initContainers ?? []).map((container) => containerFacts(container, true)),
      ...(pod?.containers ?? []).map((container) => containerFacts(container, false)),
    ],
  };
}

function containerFacts(container: V1Container, isInit: boolean): ContainerFacts {
  const { name, image = '', resources, ports = [] } = container;
  return {
    name,
    image,
    isInit,
    requests: resources?.requests ?? {},
    limits: resources?.limits ?? {},
    ports: Object.fromEntries(
      ports.map((port) => [port.name ?? String(port.containerPort), port.containerPort]),
    ),
    probes: probesOf(container),
  };
}

/** `current` are the names of the newest ReplicaSet's pods. */
export function podPlace({ metadata, spec }: V1Pod, current: readonly string[]): PodPlace {
  const name = metadata?.name ?? '';
  const graceSeconds = metadata?.deletionGracePeriodSeconds ?? 0;
  // The API server writes when the grace ends.
  const ends = timeOf(metadata?.deletionTimestamp);
  return {
    pod: name,
    current: current.includes(name),
    ...(spec?.nodeName === undefined ? {} : { node: spec.nodeName }),
    ...(ends === undefined
      ? {}
      : {
          ending: {
            since: ends - graceSeconds * 1_000,
            graceSeconds,
            finalizers: metadata?.finalizers ?? [],
          },
        }),
  };
}
