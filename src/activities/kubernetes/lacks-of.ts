import type { V1Container, V1Deployment } from '@kubernetes/client-node';
import type { Lack } from '../../domain/pod-hygiene.ts';
import { containerNamed } from './deployment.ts';

/** Kubernetes' own. */
const defaultGraceSeconds = 30;

/** What its template lacks, of one container and of the pod; the worst first. */
export function lacksOf(deployment: V1Deployment, containerName: string): readonly Lack[] {
  const container = containerNamed(deployment, containerName);
  if (container === undefined) return [];
  const grace = deployment.spec?.template.spec?.terminationGracePeriodSeconds ?? defaultGraceSeconds;
  const lacks: Readonly<Record<Lack, boolean>> = {
    readinessProbe: container.readinessProbe === undefined,
    preStop: container.lifecycle?.preStop === undefined,
    gracePeriod: (sleepSeconds(container) ?? 0) >= grace,
    minReadySeconds: (deployment.spec?.minReadySeconds ?? 0) === 0,
  };
  return (Object.keys(lacks) as Lack[]).filter((lack) => lacks[lack]);
}

/** Of a hook that only sleeps; what another one takes, nobody can read. */
function sleepSeconds({ lifecycle }: V1Container): number | undefined {
  const { sleep, exec } = lifecycle?.preStop ?? {};
  if (sleep !== undefined) return sleep.seconds;
  const line = (exec?.command ?? []).join(' ');
  const [, seconds] = /^(?:(?:\/bin\/)?sh -c )?(?:\/bin\/)?sleep (\d+)$/.exec(line) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
