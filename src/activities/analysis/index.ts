import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { AnalysisReport } from '../../domain/analysis.ts';
import type { ReadAlerts } from '../alerting/types.ts';
import { toFailure } from '../kubernetes/failures.ts';
import type { AnalysisCluster } from './cluster.ts';
import type { Http } from '../http.ts';
import { lookSeconds, stepSeconds } from './limits.ts';
import { createLooker, type Scene } from './look.ts';
import { createPrometheus } from './prometheus.ts';
import type { AnalysisActivities, BakeProgress } from './types.ts';

export interface AnalysisActivitiesDeps {
  /** The cluster of a kube context; throws for one that this worker does not know. */
  readonly clusterOf: (context: string) => AnalysisCluster;
  /** `fetch`. */
  readonly http: Http;
  readonly readAlerts: ReadAlerts;
  /** Tests have less time. */
  readonly pace?: Pace;
}

interface Pace {
  readonly lookSeconds: number;
  readonly stepSeconds: number;
}

/**
 * Reads only, so it can be repeated. Throws `Forbidden` (a right is missing) and `NotFound` (a
 * Deployment); an API server, a Prometheus or an Alertmanager that is away makes the report inconclusive.
 */
export function createAnalysisActivities(deps: AnalysisActivitiesDeps): AnalysisActivities {
  return {
    bake: async (input) => {
      const { cluster: context, namespace } = input.target.environment;
      const { cancellationSignal: signal, cancelled } = Context.current();
      const { prometheus: url } = input.spec;
      try {
        const scene: Scene = {
          cluster: deps.clusterOf(context),
          prometheus: url === undefined ? undefined : createPrometheus(deps.http, url),
          readAlerts: deps.readAlerts,
          input,
          signal,
        };
        return await Promise.race([bake(scene, deps.pace ?? { lookSeconds, stepSeconds }), cancelled]);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw toFailure(error, { cluster: context, namespace });
      }
    },
  };
}

async function bake(scene: Scene, pace: Pace): Promise<AnalysisReport> {
  const context = Context.current();
  // Not from now: an attempt after a worker's death ends when the first would have.
  const start = context.info.scheduledTimestampMs;
  const end = start + scene.input.seconds * 1000;
  const look = createLooker(scene);
  for (;;) {
    const now = Math.min(Math.max(Date.now(), start), end);
    const report = await look({ start, end: now, stepSeconds: pace.stepSeconds }, now >= end);
    const progress: BakeProgress = {
      secondsLeft: Math.ceil(Math.max(0, end - Date.now()) / 1000),
      verdict: report.verdict,
      summary: report.summary,
    };
    context.heartbeat(progress);
    if (report.stopNow || now >= end) return report;
    const untilNext = Math.min(now + pace.lookSeconds * 1000, end) - Date.now();
    await sleep(Math.max(0, untilNext), undefined, { signal: scene.signal });
  }
}
