/** What the tests of tracks share: a target whose pods run, and its tracks. */
import { AutoscalingV2Api, DiscoveryV1Api } from '@kubernetes/client-node';
import { expect } from '@jest/globals';
import type { KubeConfig, V1Deployment, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { createClusterClients } from '../../../src/activities/kubernetes/clients.ts';
import { createTrackActivities } from '../../../src/activities/kubernetes/tracks.ts';
import type { CreateTrackInput, TrackActivities } from '../../../src/activities/kubernetes/types.ts';
import type { Target } from '../../../src/domain/target.ts';
import type { TestCluster } from '../../support/cluster.ts';
import { aNamespace } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import type { WorkloadOptions } from '../../support/cluster-workload.ts';
import { activitiesOf, appsOf, image, run, tensafe, workload } from './bench.ts';

export function tracksOf(config: KubeConfig): TrackActivities {
  return createTrackActivities({ clusters: (context) => createClusterClients(config, context) });
}

export async function installed(
  cluster: TestCluster,
  options: Partial<WorkloadOptions> = {},
): Promise<Target> {
  const namespace = await aNamespace(cluster);
  await installWorkload(cluster, { namespace, tag: '4.0.0', ...options });
  const target = tensafe(cluster.config, namespace);
  const wait = { target, image: image('4.0.0'), timeoutSeconds: 180 };
  expect(await run(activitiesOf(cluster.config).awaitRollout, wait)).toMatchObject({ outcome: 'complete' });
  return target;
}

export function canaryOf(target: Target, change: Partial<CreateTrackInput> = {}): CreateTrackInput {
  return { target, track: 'canary', image: image('4.1.0'), replicas: 1, key: 'release-1/canary', ...change };
}

export function readNamed(cluster: TestCluster, target: Target, name: string): Promise<V1Deployment> {
  return appsOf(cluster).readNamespacedDeployment({ name, namespace: target.environment.namespace });
}

/** Names of the pods that the Service has as ready addresses. */
export async function servedPods({ config }: TestCluster, target: Target): Promise<string[]> {
  const { items } = await config.makeApiClient(DiscoveryV1Api).listNamespacedEndpointSlice({
    namespace: target.environment.namespace,
    labelSelector: `kubernetes.io/service-name=${workload}`,
  });
  const endpoints = items.flatMap((slice) => slice.endpoints ?? []);
  return endpoints
    .filter(({ conditions }) => conditions?.ready === true)
    .map(({ targetRef }) => targetRef?.name ?? '')
    .sort();
}

export function readAutoscaler({ config }: TestCluster, target: Target): Promise<V2HorizontalPodAutoscaler> {
  return config.makeApiClient(AutoscalingV2Api).readNamespacedHorizontalPodAutoscaler({
    name: workload,
    namespace: target.environment.namespace,
  });
}
