/** A cluster of its own, because its API server is killed. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import type { RolloutProgress, RolloutResult } from '../../../src/domain/rollout-result.ts';
import type { Target } from '../../../src/domain/target.ts';
import { startCluster } from '../../../local/cluster.ts';
import type { Cluster } from '../../../local/cluster.ts';
import { startStandIn } from '../../../local/stand-in.ts';
import type { TestCluster } from '../../support/cluster.ts';
import { aNamespace, toolsFolder } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { activitiesOf, environment, image, run, tensafe, workload } from './bench.ts';
import { canaryOf, tracksOf } from './tracks-bench.ts';

// A cluster starts, goes and comes back on a machine that may be busy.
jest.setTimeout(400_000);

let local: Cluster;
let stopStandIn = async (): Promise<void> => {};
let cluster: TestCluster;
let target: Target;

beforeAll(async () => {
  local = await startCluster({ bin: toolsFolder(), contexts: ['test-cluster'] });
  const standIn = await startStandIn({ kubeconfig: local.kubeconfig, workDir: local.folder });
  stopStandIn = () => standIn.stop();
  const config = new KubeConfig();
  config.loadFromFile(local.kubeconfig);
  cluster = { kubeconfig: local.kubeconfig, config };
  const namespace = await aNamespace(cluster);
  await installWorkload(cluster, { namespace, tag: '4.0.0' });
  target = tensafe(config, namespace);
  await run(activitiesOf(config).awaitRollout, { target, image: image('4.0.0'), timeoutSeconds: 180 });
});

afterAll(async () => {
  await stopStandIn();
  await local.stop();
});

/** Starts a wait and resolves when it has seen the cluster. */
async function startWait(tag: string, timeoutSeconds: number): Promise<{ result: Promise<RolloutResult> }> {
  const env = environment();
  const watching = new Promise<void>((resolve) => {
    env.on('heartbeat', (progress: RolloutProgress | undefined) => {
      if (progress !== undefined) resolve();
    });
  });
  const input = { target, image: image(tag), timeoutSeconds };
  const result = env.run(activitiesOf(cluster.config).awaitRollout, input) as Promise<RolloutResult>;
  await watching;
  return { result };
}

test('an API server that goes and comes back in the middle of a wait does not end it', async () => {
  const { setImage } = activitiesOf(cluster.config);
  await run(setImage, { target, image: image('4.1.0-slow-start') });
  const { result } = await startWait('4.1.0-slow-start', 300);
  await local.stopApiServer();
  await expect(run(setImage, { target, image: image('4.2.0') })).rejects.toMatchObject({
    type: 'ClusterUnreachable',
    nonRetryable: false,
  });
  await local.startApiServer();
  expect(await result).toMatchObject({ outcome: 'complete', progress: { updated: 2, old: 0 } });
});

test('a wait for endpoints goes on where it was when the API server comes back', async () => {
  const { awaitEndpoints, createTrack } = tracksOf(cluster.config);
  const expected = [
    { deployment: workload, ready: 2 },
    { deployment: `${workload}-canary`, ready: 1 },
  ];
  const env = environment();
  const watching = new Promise<void>((resolve) => {
    env.on('heartbeat', (counts: readonly unknown[]) => {
      if (counts.length > 0) resolve();
    });
  });
  const wait = env.run(awaitEndpoints, { target, expected, timeoutSeconds: 300 });
  await watching;
  await local.stopApiServer();
  await local.startApiServer();
  await run(createTrack, canaryOf(target));
  expect(await wait).toMatchObject({ outcome: 'proven' });
  await run(tracksOf(cluster.config).deleteTrack, { target, track: 'canary' });
});

test('a cluster that is still away at the end is a failure worth a retry, and not a failed rollout', async () => {
  await run(activitiesOf(cluster.config).setImage, { target, image: image('4.1.1-registry-timeout') });
  const { result } = await startWait('4.1.1-registry-timeout', 20);
  await local.stopApiServer();
  await expect(result).rejects.toMatchObject({ type: 'ClusterUnreachable', nonRetryable: false });
  await local.startApiServer();
});
