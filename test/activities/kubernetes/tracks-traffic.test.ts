/** Which pods the Service sends requests to, as its EndpointSlices say. */
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { CancelledFailure } from '@temporalio/common';
import { execa } from 'execa';
import type { AwaitEndpointsResult } from '../../../src/activities/kubernetes/types.ts';
import type { Target } from '../../../src/domain/target.ts';
import { toolsFolder, useCluster } from '../../support/cluster.ts';
import { isReady, untilAPod, untilReady } from '../../support/cluster-pods.ts';
import { eventually } from '../../support/eventually.ts';
import { activitiesOf, appsOf, coreOf, environment, image, run, workload } from './bench.ts';
import { canaryOf, installed, servedPods, tracksOf } from './tracks-bench.ts';

const cluster = useCluster();
// Many at once; and a machine may be busy with much else.
jest.setTimeout(300_000);
const canary = `${workload}-canary`;
const green = `${workload}-green`;

function expectReady(
  target: Target,
  ready: Readonly<Record<string, number>>,
  timeoutSeconds = 150,
): Promise<AwaitEndpointsResult> {
  const expected = Object.entries(ready).map(([deployment, count]) => ({ deployment, ready: count }));
  return run(tracksOf(cluster().config).awaitEndpoints, { target, expected, timeoutSeconds });
}

async function selectorOf(target: Target): Promise<Record<string, string>> {
  const { namespace } = target.environment;
  return (await coreOf(cluster()).readNamespacedService({ name: workload, namespace })).spec?.selector ?? {};
}

test.concurrent(
  'canary pods get requests beside the stable ones, by any share, and are all gone once deleted',
  async () => {
    const target = await installed(cluster());
    const { createTrack, deleteTrack, scaleDeployment } = tracksOf(cluster().config);
    expect(await expectReady(target, { [workload]: 2 })).toMatchObject({ outcome: 'proven' });
    await run(createTrack, canaryOf(target));
    expect(await expectReady(target, { [workload]: 2, [canary]: 1 })).toMatchObject({ outcome: 'proven' });
    await run(scaleDeployment, { target, deployment: workload, replicas: 1 });
    expect(await expectReady(target, { [workload]: 1, [canary]: 1 })).toMatchObject({ outcome: 'proven' });
    expect(await servedPods(cluster(), target)).toEqual([
      expect.stringMatching(/^tensafe-server-[a-z0-9]+-[a-z0-9]+$/),
      expect.stringMatching(/^tensafe-server-canary-/),
    ]);

    expect(await run(deleteTrack, { target, track: 'canary' })).toEqual({ deleted: true });
    const { namespace } = target.environment;
    const pods = await coreOf(cluster()).listNamespacedPod({
      namespace,
      labelSelector: 'fairway.dev/track=canary',
    });
    expect(pods.items).toEqual([]);
    expect(await run(deleteTrack, { target, track: 'canary' })).toEqual({ deleted: false });
    expect(await expectReady(target, { [workload]: 1 })).toMatchObject({ outcome: 'proven' });
  },
);

test.concurrent(
  'green pods get no request while the Service is pinned to blue, all of them after the switch, and blue after the way back',
  async () => {
    const target = await installed(cluster());
    const { awaitRollout, observeTarget } = activitiesOf(cluster().config);
    const { createTrack, switchService } = tracksOf(cluster().config);
    const { deployment, service } = await run(observeTarget, { target });
    const recorded = service.selector;
    const blue = { ...recorded, 'pod-template-hash': deployment.templateHash };
    expect(await run(switchService, { target, from: recorded, to: blue })).toEqual({ changed: true });
    const track = await run(createTrack, canaryOf(target, { track: 'green', replicas: 2 }));
    const ofGreen = { ...target, service: { ...target.service, deployment: green } };
    const wait = { target: ofGreen, image: image('4.1.0'), timeoutSeconds: 180 };
    expect(await run(awaitRollout, wait)).toMatchObject({ outcome: 'complete' });
    expect(await expectReady(target, { [workload]: 2 })).toMatchObject({ outcome: 'proven' });
    expect((await servedPods(cluster(), target)).filter((name) => name.startsWith(green))).toEqual([]);

    const toGreen = { ...recorded, 'pod-template-hash': track.templateHash };
    expect(await run(switchService, { target, from: blue, to: toGreen })).toEqual({ changed: true });
    expect(await expectReady(target, { [green]: 2 })).toMatchObject({ outcome: 'proven' });
    expect(await run(switchService, { target, from: blue, to: toGreen })).toEqual({ changed: false });
    expect(await run(switchService, { target, from: toGreen, to: blue })).toEqual({ changed: true });
    expect(await expectReady(target, { [workload]: 2 })).toMatchObject({ outcome: 'proven' });
  },
);

test.concurrent(
  'what the Service is pinned to rolls nothing out until it is let go, and is then as it was',
  async () => {
    const target = await installed(cluster());
    const { namespace } = target.environment;
    const where = ['--kubeconfig', cluster().kubeconfig, '--namespace', namespace];
    const kubectl = (...args: string[]) => execa(join(toolsFolder(), 'kubectl'), [...args, ...where]);
    const { observeTarget } = activitiesOf(cluster().config);
    const { switchService } = tracksOf(cluster().config);
    const before = await run(observeTarget, { target });
    const { templateHash } = before.deployment;
    const recorded = before.service.selector;
    const blue = { ...recorded, 'pod-template-hash': templateHash };
    const hold = { deployment: workload, templateHash, key: 'release-1/pinned' };
    for (const changed of [true, false])
      expect(await run(switchService, { target, from: recorded, to: blue, hold })).toEqual({ changed });
    expect((await run(observeTarget, { target })).deployment).toMatchObject({
      paused: true,
      heldBy: hold.key,
    });

    await expect(kubectl('rollout', 'restart', `deployment/${workload}`)).rejects.toThrow(/paused/);
    await kubectl('set', 'env', `deployment/${workload}`, 'COLOUR=blue');
    expect((await run(observeTarget, { target })).deployment).toMatchObject({ templateHash });
    expect(await expectReady(target, { [workload]: 2 })).toMatchObject({ outcome: 'proven' });

    await run(switchService, { target, from: blue, to: recorded, letGo: workload });
    const after = (await run(observeTarget, { target })).deployment;
    expect(after).toMatchObject({ paused: false });
    expect(after).not.toHaveProperty('heldBy');
    expect(after.templateHash).not.toBe(templateHash);
    expect(await run(switchService, { target, from: blue, to: recorded, letGo: workload })).toEqual({
      changed: false,
    });
  },
);

test.concurrent(
  'a Deployment that has changed since the plan is let go, and the Service left alone',
  async () => {
    const target = await installed(cluster());
    const recorded = await selectorOf(target);
    const { switchService } = tracksOf(cluster().config);
    const { observeTarget } = activitiesOf(cluster().config);
    const hold = { deployment: workload, templateHash: 'older', key: 'release-1/pinned' };
    const to = { ...recorded, 'pod-template-hash': 'older' };
    await expect(run(switchService, { target, from: recorded, to, hold })).rejects.toMatchObject({
      type: 'ChangedByOther',
      message: expect.stringMatching(/were of older: somebody changed it during the release/),
    });
    expect(await selectorOf(target)).toEqual(recorded);
    expect((await run(observeTarget, { target })).deployment).toMatchObject({ paused: false });
  },
);

test.concurrent(
  'a selector that is neither what was expected nor what is wanted stays, and both are told',
  async () => {
    const target = await installed(cluster());
    const recorded = await selectorOf(target);
    const theirs = { ...recorded, 'example.com/pinned': 'by-hand' };
    await coreOf(cluster()).patchNamespacedService({
      name: workload,
      namespace: target.environment.namespace,
      body: [{ op: 'replace', path: '/spec/selector', value: theirs }],
    });
    const to = { ...recorded, 'pod-template-hash': 'abc' };
    const { switchService } = tracksOf(cluster().config);
    const failed = run(switchService, { target, from: recorded, to });
    await expect(failed).rejects.toMatchObject({
      type: 'ChangedByOther',
      nonRetryable: true,
      message: expect.stringContaining('example.com/pinned=by-hand'),
    });
    await expect(failed).rejects.toThrow(/expected was app\.kubernetes\.io.*pod-template-hash=abc/);
    expect(await selectorOf(target)).toEqual(theirs);
  },
);

test.concurrent(
  'a label on the Service that somebody writes at the same moment keeps no switch from happening',
  async () => {
    const target = await installed(cluster());
    const recorded = await selectorOf(target);
    const { switchService } = tracksOf(cluster().config);
    const to = { ...recorded, 'pod-template-hash': 'abc' };
    const label = (value: string) =>
      coreOf(cluster()).patchNamespacedService({
        name: workload,
        namespace: target.environment.namespace,
        body: [{ op: 'add', path: '/metadata/labels/example.com~1note', value }],
      });
    const [switched] = await Promise.all([
      run(switchService, { target, from: recorded, to }),
      label('one'),
      label('two'),
    ]);
    expect(switched).toEqual({ changed: true });
    expect(await selectorOf(target)).toEqual(to);
  },
);

test.concurrent(
  'pods of somebody else behind the Service, or too few of one’s own, are named when the time is over',
  async () => {
    const target = await installed(cluster());
    const { namespace } = target.environment;
    await coreOf(cluster()).createNamespacedPod({
      namespace,
      body: {
        metadata: { name: 'stray', labels: await selectorOf(target) },
        spec: { containers: [{ name: 'tensafe', image: image('4.0.0'), ports: [{ containerPort: 8000 }] }] },
      },
    });
    await untilAPod(
      cluster(),
      { namespace, wish: 'a stray pod that is ready' },
      (each) => isReady(each) && each.metadata?.name === 'stray',
    );
    await eventually(
      () => servedPods(cluster(), target),
      (served) => served.includes('stray'),
    );
    const result = await expectReady(target, { [workload]: 2, [canary]: 1 }, 6);
    expect(result).toMatchObject({ outcome: 'timedOut', seen: [{ deployment: workload, ready: 2 }] });
    expect(result).toMatchObject({
      reason: expect.stringMatching(
        /sends requests to 2 ready pods of tensafe-server, besides Pod stray; expected are 2 ready pods of tensafe-server, 1 ready pods of tensafe-server-canary and no others/,
      ),
    });
  },
);

test.concurrent(
  'a pod that dies after it was available ends the wait early, by the rule of a rollout',
  async () => {
    const target = await installed(cluster(), { replicas: 1 });
    const { namespace } = target.environment;
    const [pod] = await untilReady(cluster(), namespace, 1);
    await coreOf(cluster()).patchNamespacedPod({
      namespace,
      name: pod?.metadata?.name ?? '',
      body: [{ op: 'replace', path: '/metadata/annotations/stand-in.local~1behaviour', value: 'crash' }],
    });
    await untilAPod(cluster(), { namespace, wish: 'not ready' }, (each) => !isReady(each));
    expect(await expectReady(target, { [workload]: 1 }, 300)).toMatchObject({
      outcome: 'failed',
      rule: 'crash-loop-back-off',
      evidence: [{ subject: expect.stringMatching(/^pod tensafe-server-.+, container tensafe$/) }],
      seen: [],
    });
  },
);

test.concurrent(
  'a pod that lacks the port that the Service names gets no requests, and is not counted',
  async () => {
    const target = await installed(cluster());
    const { namespace } = target.environment;
    await coreOf(cluster()).patchNamespacedService({
      namespace,
      name: workload,
      body: [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 'http' }],
    });
    const { createTrack } = tracksOf(cluster().config);
    await run(createTrack, canaryOf(target, { replicas: 0 }));
    const renamed = { op: 'replace', path: '/spec/template/spec/containers/0/ports/0/name', value: 'web' };
    await appsOf(cluster()).patchNamespacedDeployment({ namespace, name: canary, body: [renamed] });
    await appsOf(cluster()).patchNamespacedDeployment({
      namespace,
      name: canary,
      body: [{ op: 'replace', path: '/spec/replicas', value: 1 }],
    });
    await untilAPod(
      cluster(),
      { namespace, wish: 'a ready canary' },
      (each) => isReady(each) && each.metadata?.labels?.['fairway.dev/track'] === 'canary',
    );
    expect(await expectReady(target, { [workload]: 2, [canary]: 1 }, 15)).toMatchObject({
      outcome: 'timedOut',
      seen: [{ deployment: workload, ready: 2 }],
      reason: expect.stringMatching(/besides Pod tensafe-server-canary-\S+ \(not on port http\)/),
    });
  },
);

test.concurrent('a pod that its node put out is waited for: another takes its place', async () => {
  const target = await installed(cluster(), { replicas: 1 });
  const { namespace } = target.environment;
  const [pod] = await untilReady(cluster(), namespace, 1);
  const evicted = { phase: 'Failed', reason: 'Evicted', message: 'low on memory', conditions: [] };
  const name = pod?.metadata?.name ?? '';
  await coreOf(cluster()).patchNamespacedPodStatus(
    { namespace, name, body: { status: evicted } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
  // Until then its slice shows the pod as it was, and the wait has nothing to wait for.
  await eventually(
    () => servedPods(cluster(), target),
    (served) => !served.includes(name),
  );
  expect(await expectReady(target, { [workload]: 1 })).toMatchObject({ outcome: 'proven' });
  expect(await servedPods(cluster(), target)).not.toContain(name);
});

test.concurrent('a wait tells its counts while it lasts and ends when it is cancelled', async () => {
  const target = await installed(cluster());
  const env = environment();
  // The slices may still be filling: available pods are told to them a moment later.
  const beat = new Promise((resolve) => {
    env.on('heartbeat', (counts: readonly { readonly ready: number }[]) => {
      if (counts[0]?.ready === 2) resolve(counts);
    });
  });
  const input = { target, expected: [{ deployment: workload, ready: 5 }], timeoutSeconds: 180 };
  const wait = env.run(tracksOf(cluster().config).awaitEndpoints, input);
  expect(await beat).toEqual([{ deployment: workload, ready: 2 }]);
  env.cancel();
  await expect(wait).rejects.toBeInstanceOf(CancelledFailure);
});
