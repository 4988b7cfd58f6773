/** What the tests of traffic shifts share: a target with a canary of no pods yet, and a witness. */
import { afterAll } from '@jest/globals';
import type { KubeConfig, V1ResourceQuota } from '@kubernetes/client-node';
import type { MockActivityEnvironment } from '@temporalio/testing';
import { createClusterClients } from '../../../src/activities/kubernetes/clients.ts';
import { createTrackActivities } from '../../../src/activities/kubernetes/tracks.ts';
import type {
  ShiftTrafficInput,
  TrackActivities,
  TrafficActivities,
} from '../../../src/activities/kubernetes/types.ts';
import type { RolloutResult } from '../../../src/domain/rollout-result.ts';
import type { Target } from '../../../src/domain/target.ts';
import { trackDeployment, type ReplicaPair } from '../../../src/domain/track.ts';
import { podsOf } from '../../../src/domain/weights.ts';
import type { TestCluster } from '../../support/cluster.ts';
import { untilSeen } from '../../support/cluster-watch.ts';
import type { WorkloadOptions } from '../../support/cluster-workload.ts';
import { coreOf, image, run, workload } from './bench.ts';
import { canaryOf, installed } from './tracks-bench.ts';
import { watchTraffic, type TrafficWatch } from './shift-watch.ts';

export const canary = trackDeployment(workload, 'canary');

export interface Scene {
  readonly target: Target;
  readonly watch: TrafficWatch;
  readonly images: ShiftTrafficInput['images'];
}

export type Change = Partial<Omit<ShiftTrafficInput, 'target' | 'images'>>;

const watches: TrafficWatch[] = [];

afterAll(() => {
  for (const { stop } of watches.splice(0)) stop();
});

export function shiftsOf(config: KubeConfig): TrackActivities & TrafficActivities {
  return createTrackActivities({ clusters: (context) => createClusterClients(config, context) });
}

/** All of the target's pods serve; the canary's Deployment is there, without pods. */
export async function aScene(
  cluster: TestCluster,
  replicas: number,
  { canaryTag = '4.1.0', ...options }: Partial<WorkloadOptions> & { readonly canaryTag?: string } = {},
): Promise<Scene> {
  const target = await installed(cluster, { replicas, ...options });
  const images = { stable: image('4.0.0'), canary: image(canaryTag) };
  const { createTrack } = shiftsOf(cluster.config);
  await run(createTrack, canaryOf(target, { image: images.canary, replicas: 0 }));
  const watch = await watchTraffic(cluster.config, target);
  watches.push(watch);
  await watch.until('ready', { stable: replicas, canary: 0 });
  watch.restart();
  return { target, watch, images };
}

export function inputOf({ target, images }: Scene, to: ReplicaPair, change: Change = {}): ShiftTrafficInput {
  return { target, images, to, timeoutSeconds: 150, ...change };
}

export function shiftTo(
  { config }: TestCluster,
  scene: Scene,
  to: ReplicaPair,
  change: Change = {},
): Promise<RolloutResult> {
  return run(shiftsOf(config).shiftTraffic, inputOf(scene, to, change));
}

/** Resolves once the quota counts: until its controller has, it admits nothing at all. */
export async function limit(
  cluster: TestCluster,
  { environment: { namespace } }: Target,
  name: string,
  hard: Readonly<Record<string, string>>,
): Promise<void> {
  await coreOf(cluster).createNamespacedResourceQuota({
    namespace,
    body: { metadata: { name }, spec: { hard: { ...hard } } },
  });
  const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
  await untilSeen<V1ResourceQuota>(
    cluster,
    { path, wish: `quota ${name} counts`, timeoutMs: 150_000 },
    ({ status }) => Object.keys(hard).every((resource) => status?.used?.[resource] !== undefined),
  );
}

/** Cancelled by whoever asked for it; answers once the activity has really stopped. */
export async function stopped(env: MockActivityEnvironment, work: Promise<unknown>): Promise<unknown> {
  env.cancel();
  return work.catch((error: unknown) => error);
}

/** Fewest ready endpoints that the Service had at any moment. */
export function lowest({ watch }: Pick<Scene, 'watch'>): number {
  return Math.min(...watch.ready().map(podsOf));
}
