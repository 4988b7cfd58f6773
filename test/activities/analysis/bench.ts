/** What tests of the analysis share: a stable and a canary Deployment, and a bake as a worker runs it. */
import { AppsV1Api } from '@kubernetes/client-node';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createAlertReader } from '../../../src/activities/alerting/alertmanager.ts';
import type { AnalysisCluster } from '../../../src/activities/analysis/cluster.ts';
import { createAnalysisActivities } from '../../../src/activities/analysis/index.ts';
import type { Http } from '../../../src/activities/http.ts';
import type { BakeInput, BakeProgress } from '../../../src/activities/analysis/types.ts';
import { createClusterClients } from '../../../src/activities/kubernetes/clients.ts';
import { createAnalysisCluster } from '../../../src/activities/verification/analysis-cluster.ts';
import { createVerificationCluster } from '../../../src/activities/verification/kube-cluster.ts';
import type { AnalysisReport, AnalysisSpec } from '../../../src/domain/analysis.ts';
import { trackLabel } from '../../../src/domain/track.ts';
import { aTarget, type TargetChange } from '../../support/a-target.ts';
import type { TestCluster } from '../../support/cluster.ts';
import { ruledPod } from '../../support/ruled-pod.ts';

export const stable = 'tensafe-server';
export const canary = 'tensafe-server-canary';

export const podsOnly: AnalysisSpec = {
  metrics: [],
  maxRestarts: 0,
  errorLogs: { pattern: 'error', limit: 5 },
  whenInconclusive: 'ask',
};

export function realCluster({ config }: Pick<TestCluster, 'config'>): AnalysisCluster {
  return createAnalysisCluster(
    createVerificationCluster(createClusterClients(config, config.getCurrentContext())),
  );
}

/** Beside the stable Deployment: its template and labels, and the track's. */
export async function installCanary(cluster: TestCluster, namespace: string, tag: string, replicas = 1) {
  const apps = cluster.config.makeApiClient(AppsV1Api);
  const { spec } = await apps.readNamespacedDeployment({ namespace, name: stable });
  const podSpec = spec?.template.spec;
  const [container] = podSpec?.containers ?? [];
  if (podSpec === undefined || container === undefined) throw new Error('the Deployment has no container');
  container.image = `tensafe/server:${tag}`;
  const labels = { ...spec?.template.metadata?.labels, [trackLabel]: 'canary' };
  await apps.createNamespacedDeployment({
    namespace,
    body: {
      metadata: { name: canary },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec },
      },
    },
  });
}

export interface Bake {
  readonly cluster: AnalysisCluster;
  readonly namespace?: string;
  readonly spec?: Partial<AnalysisSpec>;
  readonly service?: TargetChange['service'];
  readonly since?: number;
  readonly seconds?: number;
  /** Seconds since the activity was scheduled. */
  readonly scheduledAgo?: number;
  readonly http?: Http;
  readonly environment?: (info: { scheduledTimestampMs: number }) => MockActivityEnvironment;
  readonly lookSeconds?: number;
}

/** Answers the report and what was heartbeat. */
export async function runBake(bake: Bake): Promise<{ report: AnalysisReport; beats: BakeProgress[] }> {
  const info = { scheduledTimestampMs: Date.now() - (bake.scheduledAgo ?? 0) * 1000 };
  const environment = bake.environment?.(info) ?? new MockActivityEnvironment(info);
  const beats: BakeProgress[] = [];
  environment.on('heartbeat', (details: BakeProgress) => beats.push(details));
  const { bake: activity } = createAnalysisActivities({
    clusterOf: () => bake.cluster,
    http: bake.http ?? fetch,
    readAlerts: createAlertReader(bake.http ?? fetch),
    pace: { lookSeconds: bake.lookSeconds ?? 0.2, stepSeconds: 1 },
  });
  const input: BakeInput = {
    target: aTarget({
      environment: { namespace: bake.namespace ?? 'shop-dev' },
      service: { deployment: stable, container: 'tensafe', kubernetesService: stable, ...bake.service },
    }),
    spec: { ...podsOnly, ...bake.spec },
    stable,
    candidate: canary,
    seconds: bake.seconds ?? 1,
    ...(bake.since === undefined ? {} : { since: bake.since }),
  };
  return { report: (await environment.run(activity, input)) as AnalysisReport, beats };
}

/** A cluster whose tracks have one ready pod each, for tests of what is not the cluster's. */
export const calmCluster: AnalysisCluster = {
  observePods: ({ deployment }) =>
    Promise.resolve({
      desired: 1,
      pods: [
        ruledPod({
          name: `${deployment}-1`,
          uid: `uid-${deployment}`,
          phase: 'Running',
          terminating: false,
          ready: true,
          containers: [{ name: 'tensafe', image: 'tensafe/server:4.1.0', running: true, restarts: 0 }],
        }),
      ],
    }),
  askPods: () => Promise.resolve([]),
  readLogs: ({ pods }) =>
    Promise.resolve(
      pods.map((pod) => ({ kind: 'read', pod, matches: 0, sample: [], truncated: false }) as const),
    ),
};
