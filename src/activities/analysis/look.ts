import type { MetricFacts, PodFacts } from '../../domain/analysis-facts.ts';
import { judgeAnalysis } from '../../domain/analysis-report.ts';
import type { AnalysisReport } from '../../domain/analysis.ts';
import { isActive, type LogObservation } from '../../domain/check-observation.ts';
import { optional } from '../../domain/fields.ts';
import { trackDeployment, type Track } from '../../domain/track.ts';
import type { ReadAlerts } from '../alerting/types.ts';
import { toFailure } from '../kubernetes/failures.ts';
import { createCheckAsker } from './ask-checks.ts';
import type { AnalysisCluster, OwnPods } from './cluster.ts';
import { logsEverySeconds } from './limits.ts';
import { measure, type Tracks, type Window } from './measure.ts';
import { outage } from './outage.ts';
import { createPodMemory } from './pod-memory.ts';
import type { Prometheus } from './prometheus.ts';
import type { BakeInput } from './types.ts';
import { watchAlerts } from './watch-alerts.ts';

export interface Scene {
  readonly cluster: AnalysisCluster;
  /** Absent: only the pods are judged. */
  readonly prometheus: Prometheus | undefined;
  readonly readAlerts: ReadAlerts;
  readonly input: BakeInput;
  readonly signal: AbortSignal;
}

/** Looks at both tracks again and again; what the pods showed before is remembered. */
export function createLooker(scene: Scene) {
  const { cluster, prometheus, readAlerts, input, signal } = scene;
  const { target, spec } = input;
  const askChecks = createCheckAsker(scene);
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
        at: now,
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

  const seeTracks = async (window: Window, isLast: boolean) => {
    const pods = await seePods(window, isLast);
    const metrics: readonly MetricFacts[] =
      prometheus === undefined
        ? []
        : await Promise.all(
            spec.metrics.map((metric) => measure(prometheus, metric, tracks(), window, signal)),
          );
    return { pods, metrics };
  };

  return async (window: Window, isLast: boolean): Promise<AnalysisReport> => {
    const [seen, checks, alerts] = await Promise.all([
      seeTracks(window, isLast),
      askChecks(window, isLast),
      watchAlerts(scene, readAlerts, window),
    ]);
    return judgeAnalysis(spec, { ...seen, checks, ...optional('alerts', alerts) });
  };
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
