import { expect, test } from '@jest/globals';
import { AutoscalingV2Api } from '@kubernetes/client-node';
import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { PausedAutoscaler } from '../../../src/activities/kubernetes/types.ts';
import type { Target } from '../../../src/domain/target.ts';
import { useCluster } from '../../support/cluster.ts';
import { withoutStatus } from '../../support/without-status.ts';
import { run, workload } from './bench.ts';
import { installed, readAutoscaler, tracksOf } from './tracks-bench.ts';

const cluster = useCluster();
const key = 'release-1/pause';
const recorded = { minReplicas: 2, maxReplicas: 10 };

function autoscaled(): Promise<Target> {
  return installed(cluster(), { autoscaler: true });
}

async function pause(target: Target, replicas: number, by = key): Promise<PausedAutoscaler> {
  const paused = await run(tracksOf(cluster().config).pauseAutoscaler, { target, replicas, key: by });
  if (paused === undefined) throw new Error('no autoscaler');
  return paused;
}

async function restore(target: Target, paused?: PausedAutoscaler): Promise<string> {
  const input = paused === undefined ? { target } : { target, paused };
  return (await run(tracksOf(cluster().config).restoreAutoscaler, input)).outcome;
}

async function limitsOf(target: Target): Promise<unknown> {
  const { spec } = await readAutoscaler(cluster(), target);
  return { minReplicas: spec?.minReplicas, maxReplicas: spec?.maxReplicas };
}

async function set({ environment }: Target, spec: Readonly<Record<string, number>>): Promise<void> {
  await cluster()
    .config.makeApiClient(AutoscalingV2Api)
    .patchNamespacedHorizontalPodAutoscaler({
      name: workload,
      namespace: environment.namespace,
      body: Object.entries(spec).map(([field, value]) => ({ op: 'replace', path: `/spec/${field}`, value })),
    });
}

function withoutVersions({ metadata, spec }: V2HorizontalPodAutoscaler): unknown {
  return { spec, labels: metadata?.labels, annotations: metadata?.annotations };
}

test('an autoscaler is pinned, repeated calls answer what was recorded, and it comes back exactly', async () => {
  const target = await autoscaled();
  const before = withoutVersions(await readAutoscaler(cluster(), target));
  const paused = await pause(target, 4);
  const pinned = { minReplicas: 4, maxReplicas: 4 };
  expect(paused).toEqual({
    kind: 'HorizontalPodAutoscaler',
    name: workload,
    written: pinned,
    recorded,
  });
  expect(await limitsOf(target)).toEqual(pinned);
  const written = withoutStatus(await readAutoscaler(cluster(), target));
  expect(await pause(target, 4)).toEqual(paused);
  expect(withoutStatus(await readAutoscaler(cluster(), target))).toEqual(written);

  expect(await restore(target, paused)).toBe('restored');
  expect(withoutVersions(await readAutoscaler(cluster(), target))).toEqual(before);
  expect(await restore(target, paused)).toBe('alreadyThere');
});

test('it follows the stable pods from step to step, never below one, and the first answer still restores it', async () => {
  const target = await autoscaled();
  const first = await pause(target, 4);
  expect(await pause(target, 3)).toMatchObject({ written: { minReplicas: 3, maxReplicas: 3 }, recorded });
  expect(await pause(target, 0)).toMatchObject({ written: { minReplicas: 1, maxReplicas: 1 }, recorded });
  expect(await restore(target, first)).toBe('restored');
  expect(await limitsOf(target)).toEqual(recorded);
});

test('pods that it has added since the plan are not taken away, however often it is paused', async () => {
  const target = await autoscaled();
  const { pauseAutoscaler, scaleDeployment } = tracksOf(cluster().config);
  const input = { target, replicas: 2, key, neverLower: true as const };
  expect(await run(pauseAutoscaler, input)).toMatchObject({ replicas: 2 });
  await restore(target);
  await run(scaleDeployment, { target, deployment: workload, replicas: 4 });
  const pinned = { minReplicas: 4, maxReplicas: 4 };
  for (let time = 0; time < 2; time += 1) {
    expect(await run(pauseAutoscaler, input)).toMatchObject({ replicas: 4, written: pinned, recorded });
    expect(await limitsOf(target)).toEqual(pinned);
  }
  expect(await restore(target)).toBe('restored');
});

test('it can be put back from its own record, when the answer of the pause was lost', async () => {
  const target = await autoscaled();
  expect(await restore(target)).toBe('alreadyThere');
  await pause(target, 4);
  expect(await restore(target)).toBe('restored');
  expect(await limitsOf(target)).toEqual(recorded);
  await pause(target, 4);
  await set(target, { maxReplicas: 20 });
  expect(await restore(target)).toBe('leftAlone');
  expect(await restore(target)).toBe('alreadyThere');
});

test('a release that died leaves the true settings to the next one', async () => {
  const target = await autoscaled();
  await pause(target, 4, 'release-1/pause');
  const paused = await pause(target, 5, 'release-2/pause');
  expect(paused.recorded).toEqual(recorded);
  expect(await restore(target, paused)).toBe('restored');
  expect(await limitsOf(target)).toEqual(recorded);
});

test('what a person sets during the release stays, and no mark is left', async () => {
  const target = await autoscaled();
  const paused = await pause(target, 4);
  await set(target, { maxReplicas: 20 });
  expect(await pause(target, 3)).toEqual(paused);
  expect(await restore(target, paused)).toBe('leftAlone');
  expect(await limitsOf(target)).toEqual({ minReplicas: 4, maxReplicas: 20 });
  expect((await readAutoscaler(cluster(), target)).metadata?.annotations ?? {}).toEqual({});
});

test('one that Helm put back in the middle is there already, and can be paused again', async () => {
  const target = await autoscaled();
  const paused = await pause(target, 4);
  await set(target, { ...recorded });
  expect(await pause(target, 4)).toEqual(paused);
  await set(target, { ...recorded });
  expect(await restore(target, paused)).toBe('alreadyThere');
  expect((await readAutoscaler(cluster(), target)).metadata?.annotations ?? {}).toEqual({});
});

test('without an autoscaler there is nothing to pause, and one that was deleted is left alone', async () => {
  const target = await autoscaled();
  const paused = await pause(target, 4);
  await cluster()
    .config.makeApiClient(AutoscalingV2Api)
    .deleteNamespacedHorizontalPodAutoscaler({ name: workload, namespace: target.environment.namespace });
  expect(await restore(target, paused)).toBe('leftAlone');
  const { pauseAutoscaler } = tracksOf(cluster().config);
  expect(await run(pauseAutoscaler, { target, replicas: 2, key })).toBeUndefined();
});

test('two autoscalers on one Deployment are refused with both names, and neither is touched', async () => {
  const target = await autoscaled();
  const { namespace } = target.environment;
  await cluster()
    .config.makeApiClient(AutoscalingV2Api)
    .createNamespacedHorizontalPodAutoscaler({
      namespace,
      body: {
        metadata: { name: 'another' },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: workload },
          maxReplicas: 3,
        },
      },
    });
  await expect(pause(target, 4)).rejects.toMatchObject({
    type: 'ReleaseRefused',
    nonRetryable: true,
    message: expect.stringMatching(/HorizontalPodAutoscaler (another|tensafe-server) and /),
  });
  expect(await limitsOf(target)).toEqual(recorded);
});
