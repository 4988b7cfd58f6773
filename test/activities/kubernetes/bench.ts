/** What tests of these activities share: a target on the test cluster, and a way to run an activity. */
import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import type { KubeConfig, V1Deployment } from '@kubernetes/client-node';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { HelmReader } from '../../../src/activities/helm/types.ts';
import { createClusterClients } from '../../../src/activities/kubernetes/clients.ts';
import { createKubernetesActivities } from '../../../src/activities/kubernetes/index.ts';
import type { KubernetesActivitiesDeps } from '../../../src/activities/kubernetes/index.ts';
import type { KubernetesActivities } from '../../../src/activities/kubernetes/types.ts';
import type { Target } from '../../../src/domain/target.ts';
import { aTarget } from '../../support/a-target.ts';
import type { TestCluster } from '../../support/cluster.ts';

export const workload = 'tensafe-server';

export function image(tag: string): string {
  return `tensafe/server:${tag}`;
}

/** The workload of `installWorkload`, without Helm unless a test says otherwise. */
export function tensafe(
  config: KubeConfig,
  namespace: string,
  service: Partial<Target['service']> = {},
): Target {
  const target = aTarget({
    environment: { cluster: config.getCurrentContext(), namespace },
    service: {
      name: 'tensafe',
      displayName: 'TenSafe',
      deployment: workload,
      container: 'tensafe',
      image: 'tensafe/server',
      kubernetesService: workload,
    },
  });
  const { helm: _helm, ...withoutHelm } = target.service;
  return { ...target, service: { ...withoutHelm, ...service } };
}

export const noHelm: HelmReader = {
  observeRelease: () => Promise.resolve(undefined),
  listRevisions: () => Promise.resolve(undefined),
  renderUpgrade: () => Promise.resolve({ ok: true, kinds: [] }),
};

export function activitiesOf(
  config: KubeConfig,
  deps: Partial<KubernetesActivitiesDeps> = {},
): KubernetesActivities {
  return createKubernetesActivities({
    clusters: (context) => createClusterClients(config, context),
    helm: noHelm,
    furtherPermissions: () => [],
    ...deps,
  });
}

/**
 * An activity as a worker runs it: scheduled just now, or whenever its other attempts were. `cancel()` is what a
 * server's answer to a heartbeat does.
 */
export function environment(now = Date.now()): MockActivityEnvironment {
  return new MockActivityEnvironment(
    { scheduledTimestampMs: now, currentAttemptScheduledTimestampMs: now },
    { logger: new DefaultLogger('ERROR') },
  );
}

export function run<I, O>(activity: (input: I) => Promise<O>, input: I): Promise<O> {
  return environment().run(activity, input) as Promise<O>;
}

export function appsOf({ config }: TestCluster): AppsV1Api {
  return config.makeApiClient(AppsV1Api);
}

export function coreOf({ config }: TestCluster): CoreV1Api {
  return config.makeApiClient(CoreV1Api);
}

export function readDeployment(cluster: TestCluster, namespace: string): Promise<V1Deployment> {
  return appsOf(cluster).readNamespacedDeployment({ name: workload, namespace });
}
