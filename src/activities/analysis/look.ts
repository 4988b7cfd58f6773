import { ApplicationFailure } from '@temporalio/common';
import type { PodFacts } from '../../domain/analysis-facts.ts';
import { judgeAnalysis } from '../../domain/analysis-report.ts';
import type { AnalysisReport } from '../../domain/analysis.ts';
import { isActive, type LogObservation } from '../../domain/check-observation.ts';
import { failureTypes } from '../../domain/failures.ts';
import { trackDeployment, type Track } from '../../domain/track.ts';
import { toFailure } from '../kubernetes/failures.ts';
import type { AnalysisCluster, OwnPods } from './cluster.ts';
import { logsEverySeconds } from './limits.ts';
import { measure, type Tracks, type Window } from './measure.ts';
import { createPodMemory } from './pod-memory.ts';
import type { Prometheus } from './prometheus.ts';
import type { BakeInput } from './types.ts';

export interface Scene {
  readonly cluster: AnalysisCluster;
  /** Absent: only the pods are judged. */
  readonly prometheus: Prometheus | undefined;
  readonly input: BakeInput;
  readonly signal: AbortSignal;
}

/** Looks at both tracks again and again; what the pods showed before is remembered. */
export function createLooker({ cluster, prometheus, input, signal }: Scene) {
  const { target, spec } = input;
  const { namespace, cluster: context } = target.environment;
  const candidate = createPodMemory();
  const stable = createPodMemory();
  let logs: readonly LogObservation[] = [];
  let logsReadAt = -Infinity;

  const readLogs = async ({ pods }: OwnPods, window: Window, isLast: boolean): Promise<void> => {
    if (spec.errorLogs === undefined) return;
    if (!isLast && window.end - logsReadAt < logsEverySeconds * 1000) return;
    logs = await cluster.readLogs(
      {
        namespace,
        pods: pods.filter((pod) => isActive(pod) && pod.phase === 'Running').map(({ name }) => name),
        container: target.service.container,
        pattern: spec.errorLogs.pattern,
        windowSeconds: Math.max(1, Math.ceil((Date.now() - window.start) / 1000)),
      },
      signal,
    );
    logsReadAt = window.end;
  };

  const seePods = async (window: Window, isLast: boolean): Promise<PodFacts> => {
    try {
      const [own, others] = await Promise.all([
        cluster.observePods({ namespace, deployment: input.candidate }),
        cluster.observePods({ namespace, deployment: input.stable }),
      ]);
      const now = Date.now();
      candidate.see(own.pods, now);
      stable.see(others.pods, now);
      await readLogs(own, window, isLast);
      const { desired, pods } = own;
      const seen = {
        desired,
        pods,
        restarts: candidate.restarts(),
        unreadySeconds: candidate.unreadySeconds(now),
      };
      return { state: 'seen', ...seen, ...(spec.errorLogs === undefined ? {} : { logs }) };
    } catch (error) {
      const reason = outage(toFailure(error, { cluster: context, namespace }));
      if (reason === undefined) throw error;
      return { state: 'unknown', reason };
    }
  };

  const tracks = (): Tracks => ({
    candidate: { ...common(input), ...trackOf(input, input.candidate), pods: candidate.names() },
    stable: { ...common(input), ...trackOf(input, input.stable), pods: stable.names() },
  });

  return async (window: Window, isLast: boolean): Promise<AnalysisReport> => {
    const pods = await seePods(window, isLast);
    const metrics =
      prometheus === undefined
        ? []
        : await Promise.all(
            spec.metrics.map((metric) => measure(prometheus, metric, tracks(), window, signal)),
          );
    return judgeAnalysis(spec, { metrics, pods });
  };
}

/** An API server that is away says nothing about the version; anything else wrong with it ends the bake. */
function outage(error: unknown): string | undefined {
  const isOutage = error instanceof ApplicationFailure && error.type === failureTypes.clusterUnreachable;
  return isOutage ? error.message : undefined;
}

function common({ target }: BakeInput) {
  return { namespace: target.environment.namespace, service: target.service.kubernetesService };
}

const tracksOfARelease: readonly Track[] = ['canary', 'green'];

/** The track is what its pods' label says; the target's own pods have none. */
function trackOf({ target }: BakeInput, deployment: string) {
  const track = tracksOfARelease.find(
    (one) => trackDeployment(target.service.deployment, one) === deployment,
  );
  return { deployment, track: track ?? '' };
}
