import { beforeAll, expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import type { RolloutProgress, RolloutResult } from '../../../src/domain/rollout-result.ts';
import type { Target } from '../../../src/domain/target.ts';
import { aNamespace, useCluster } from '../../support/cluster.ts';
import { untilAPod, untilRefused } from '../../support/cluster-pods.ts';
import { installWorkload, type WorkloadOptions } from '../../support/cluster-workload.ts';
import {
  activitiesOf,
  appsOf,
  coreOf,
  environment,
  image,
  readDeployment,
  run,
  tensafe,
  workload,
} from './bench.ts';

const cluster = useCluster();
const generous = 180;

/** A rollout of 4.0.0, completed, in a namespace of its own. */
async function installed(options: Partial<WorkloadOptions> = {}): Promise<Target> {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.0.0', replicas: 2, ...options });
  const target = tensafe(cluster().config, namespace);
  expect(await wait(target, '4.0.0')).toMatchObject({ outcome: 'complete' });
  return target;
}

function wait(target: Target, tag: string, timeoutSeconds = generous): Promise<RolloutResult> {
  return run(activitiesOf(cluster().config).awaitRollout, { target, image: image(tag), timeoutSeconds });
}

async function releaseTo(target: Target, tag: string): Promise<void> {
  await run(activitiesOf(cluster().config).setImage, { target, image: image(tag) });
}

let target: Target;
beforeAll(async () => {
  target = await installed();
});

test.concurrent('a rollout is watched to its end, with its progress in the heartbeats', async () => {
  // So slow that the wait sees both old pods before the first of them goes.
  const released = await installed({
    podAnnotations: { 'stand-in.local/ready-delay': '6s' },
    probe: { failureThreshold: 60 },
  });
  await releaseTo(released, '4.1.0');
  const env = environment();
  const beats: (RolloutProgress | undefined)[] = [];
  env.on('heartbeat', (progress: RolloutProgress | undefined) => beats.push(progress));
  const input = { target: released, image: image('4.1.0'), timeoutSeconds: generous };
  const result = (await env.run(activitiesOf(cluster().config).awaitRollout, input)) as RolloutResult;

  expect(result).toMatchObject({
    outcome: 'complete',
    progress: { desired: 2, updated: 2, available: 2, old: 0 },
  });
  const olds = beats.flatMap((beat) => (beat === undefined ? [] : [beat.old]));
  expect(Math.max(...olds)).toBe(2);
  expect(olds.at(-1)).toBe(0);
});

test.concurrent('a rollout that is over is answered at once, also after its time', async () => {
  expect(await wait(target, '4.0.0', 0)).toMatchObject({ outcome: 'complete' });
});

test.concurrent.each([
  ['4.1.1-crash', 'crash-loop-back-off', /CrashLoopBackOff/],
  ['4.1.1-no-image', 'image-not-found', /not found/],
  ['4.1.1-bad-config', 'container-config-invalid', /CreateContainerConfigError/],
  ['4.1.1-oom', 'out-of-memory', /OOMKilled/],
])('a rollout to %s ends early by the rule %s, with the pod as evidence', async (tag, rule, detail) => {
  const released = await installed();
  await releaseTo(released, tag);
  const result = await wait(released, tag, generous);
  expect(result).toMatchObject({ outcome: 'failed', rule, progress: { available: 2 } });
  if (result.outcome !== 'failed') throw new Error('not failed');
  expect(result.evidence[0]?.subject).toMatch(/^pod tensafe-server-.+, container tensafe$/);
  expect(result.evidence[0]?.detail).toMatch(detail);
});

test.concurrent(
  'a probe that fails beyond its own patience ends the wait by a timer, with no event to wake it',
  async () => {
    const released = await installed();
    await appsOf(cluster()).patchNamespacedDeployment({
      name: workload,
      namespace: released.environment.namespace,
      body: [
        { op: 'replace', path: '/spec/template/spec/containers/0/readinessProbe/periodSeconds', value: 1 },
        { op: 'replace', path: '/spec/template/spec/containers/0/image', value: image('4.1.1-never-ready') },
      ],
    });
    expect(await wait(released, '4.1.1-never-ready')).toMatchObject({
      outcome: 'failed',
      rule: 'readiness-failing',
    });
  },
);

test.concurrent('a quota that leaves no room, while no old pod may go, fails the rollout', async () => {
  const released = await installed();
  const { namespace } = released.environment;
  await coreOf(cluster()).createNamespacedResourceQuota({
    namespace,
    body: { metadata: { name: 'pods' }, spec: { hard: { pods: '2' } } },
  });
  // Until the quota controller has counted, the quota admits everything.
  await untilRefused(coreOf(cluster()), namespace, /exceeded quota/);
  await releaseTo(released, '4.1.0');
  const result = await wait(released, '4.1.0');
  expect(result).toMatchObject({ outcome: 'failed', rule: 'quota-exceeded' });
  expect(result).toMatchObject({ evidence: [{ detail: expect.stringContaining('exceeded quota: pods') }] });
});

test.concurrent('the time that is over is answered with what was still missing', async () => {
  const released = await installed();
  await releaseTo(released, '4.1.0-registry-timeout');
  await untilAPod(
    cluster(),
    { namespace: released.environment.namespace, wish: 'an image that cannot be pulled' },
    ({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.reason === 'ErrImagePull',
  );
  const result = await wait(released, '4.1.0-registry-timeout', 4);
  expect(result).toMatchObject({
    outcome: 'timedOut',
    reason: expect.stringContaining('the image could not be pulled'),
  });
  expect(result).toMatchObject({ reason: expect.stringContaining('1 of 2 pods updated') });
});

test.concurrent(
  'the deadline of the failed version is not held against the version that is put back',
  async () => {
    const released = await installed();
    // Longer than pods take to be made on a machine that is busy.
    await appsOf(cluster()).patchNamespacedDeployment({
      name: workload,
      namespace: released.environment.namespace,
      body: [{ op: 'replace', path: '/spec/progressDeadlineSeconds', value: 15 }],
    });
    await releaseTo(released, '4.1.0-registry-timeout');
    expect(await wait(released, '4.1.0-registry-timeout')).toMatchObject({
      outcome: 'failed',
      rule: 'progress-deadline-exceeded',
    });
    await releaseTo(released, '4.0.0');
    expect(await wait(released, '4.0.0')).toMatchObject({ outcome: 'complete' });
  },
);

test.concurrent('another image in the template ends the wait as changed', async () => {
  expect(await wait(target, '4.9.9')).toMatchObject({
    outcome: 'changed',
    reason: expect.stringContaining('4.0.0'),
  });
});

/** A wait that has seen the cluster, for a rollout that will not end by itself. */
async function underWay(): Promise<{
  released: Target;
  env: MockActivityEnvironment;
  result: Promise<RolloutResult>;
}> {
  const released = await installed();
  await releaseTo(released, '4.1.0-registry-timeout');
  const env = environment();
  const watching = new Promise<void>((resolve) => {
    env.on('heartbeat', (progress: RolloutProgress | undefined) => {
      if (progress !== undefined) resolve();
    });
  });
  const input = { target: released, image: image('4.1.0-registry-timeout'), timeoutSeconds: generous };
  const result = env.run(activitiesOf(cluster().config).awaitRollout, input) as Promise<RolloutResult>;
  await watching;
  return { released, env, result };
}

test.concurrent('a Deployment that is deleted during the wait ends it as changed', async () => {
  const { released, result } = await underWay();
  const { namespace } = released.environment;
  await appsOf(cluster()).deleteNamespacedDeployment({ name: workload, namespace });
  expect(await result).toMatchObject({ outcome: 'changed', reason: expect.stringContaining('deleted') });
});

test.concurrent('a cancellation ends the wait at once', async () => {
  const { env, result } = await underWay();
  env.cancel();
  await expect(result).rejects.toBeInstanceOf(CancelledFailure);
});

test.concurrent('a Deployment that does not exist is answered as not found, without a retry', async () => {
  const missing = { ...target, service: { ...target.service, deployment: 'nothing' } };
  await expect(wait(missing, '4.0.0')).rejects.toMatchObject({ type: 'NotFound', nonRetryable: true });
  expect((await readDeployment(cluster(), target.environment.namespace)).metadata?.name).toBe(workload);
});
