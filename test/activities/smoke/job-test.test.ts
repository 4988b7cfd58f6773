import { expect, test } from '@jest/globals';
import { BatchV1Api, type V1Job } from '@kubernetes/client-node';
import { ActivityCancellationDetails } from '@temporalio/common';
import { smokePermissions } from '../../../src/activities/smoke/permissions.ts';
import type { SmokeTest } from '../../../src/domain/strategy-options.ts';
import { aNamespace, useLocalCluster } from '../../support/cluster.ts';
import { untilSeen } from '../../support/cluster-watch.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { eventually } from '../../support/eventually.ts';
import { accountWith } from '../kubernetes/account.ts';
import { coreOf, environment } from '../kubernetes/bench.ts';
import { rolledOut } from '../verification/bench.ts';
import { job, smoke, type Run } from './bench.ts';

// The images are simulated ones: their tags say how the Job ends.
const cluster = useLocalCluster();

/** A namespace for one test: they run side by side. */
async function installed(): Promise<string> {
  const name = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace: name, tag: '4.1.0', replicas: 1 });
  await rolledOut(cluster(), name);
  return name;
}

const run = (test: SmokeTest, change: Pick<Run, 'namespace'> & Partial<Run>) =>
  smoke({ config: cluster().config, test, ...change });

const batch = () => cluster().config.makeApiClient(BatchV1Api);

/** Resolves with the first Job of the namespace. */
const aJob = (of: string): Promise<V1Job> =>
  untilSeen<V1Job>(
    cluster(),
    { path: `/apis/batch/v1/namespaces/${of}/jobs`, wish: 'a Job', timeoutMs: 120_000 },
    ({ metadata }) => metadata !== undefined,
  );

async function expectNothingLeft(of: string): Promise<void> {
  const left = async () => [
    ...(await batch().listNamespacedJob({ namespace: of })).items,
    ...(await coreOf(cluster()).listNamespacedPod({ namespace: of, labelSelector: 'job-name' })).items,
  ];
  expect(await eventually(left, ({ length }) => length === 0)).toEqual([]);
}

test.concurrent('a Job that completes passes, with its log as evidence, and is gone afterwards', async () => {
  const of = await installed();
  const made = aJob(of);
  const result = await run(job(), { namespace: of });
  expect(result).toMatchObject({
    name: 'smoke',
    severity: 'required',
    verdict: 'pass',
    summary: expect.stringMatching(/^its Job completed in \d+ s$/),
    evidence: [{ subject: 'output', detail: expect.stringContaining('starting version 1.0.0') }],
  });
  await expectNothingLeft(of);

  const { items } = await coreOf(cluster()).listNamespacedPod({ namespace: of });
  const { metadata, spec } = await made;
  expect(metadata?.labels).toEqual({ 'app.kubernetes.io/managed-by': 'fairway' });
  expect(spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 210, ttlSecondsAfterFinished: 600 });
  expect(spec?.template.spec).toMatchObject({
    automountServiceAccountToken: false,
    restartPolicy: 'Never',
    securityContext: { runAsNonRoot: true },
    containers: [
      {
        image: 'example/smoke:1.0.0',
        command: ['smoke', '--all'],
        env: [{ name: 'SHOP_BASE_URL', value: `http://${items[0]?.status?.podIP ?? ''}:8000` }],
      },
    ],
  });
});

test.concurrent('a Job that fails, fails, and is gone afterwards', async () => {
  const of = await installed();
  expect(await run(job({ image: 'example/smoke:1.0.0-crash' }), { namespace: of })).toMatchObject({
    verdict: 'fail',
    summary: expect.stringMatching(/^its Job failed after \d+ s: exit code 1$/),
  });
  await expectNothingLeft(of);
});

test.concurrent('an image that does not exist is inconclusive, long before the time is over', async () => {
  const of = await installed();
  expect(
    await run(job({ image: 'example/smoke:1.0.0-no-image', timeoutSeconds: 600 }), { namespace: of }),
  ).toMatchObject({
    verdict: 'inconclusive',
    summary: expect.stringMatching(/^not run: ErrImagePull: .*Correct "image" or "command"/),
  });
  await expectNothingLeft(of);
});

test.concurrent('a Job that never starts is inconclusive, with what it waits for', async () => {
  const of = await installed();
  expect(
    await run(job({ image: 'example/smoke:1.0.0-registry-timeout', timeoutSeconds: 30 }), { namespace: of }),
  ).toMatchObject({
    verdict: 'inconclusive',
    summary: expect.stringMatching(/^not run: its Job had not started within 30 s: \w+: .*DeadlineExceeded/),
  });
  await expectNothingLeft(of);
});

test.concurrent('a Job that does not end fails', async () => {
  const of = await installed();
  expect(
    await run(job({ image: 'example/smoke:1.0.0-never-ready', timeoutSeconds: 30 }), { namespace: of }),
  ).toMatchObject({
    verdict: 'fail',
    summary: 'its Job had not finished within 30 s',
  });
  await expectNothingLeft(of);
});

test.concurrent('a cancellation takes the Job with it', async () => {
  const of = await installed();
  const env = environment();
  const made = aJob(of);
  const result = run(job({ image: 'example/smoke:1.0.0-never-ready', timeoutSeconds: 600 }), {
    namespace: of,
    env,
  });
  void result.catch(() => undefined);
  await made;
  env.cancel();
  await expect(result).rejects.toThrow('CANCELLED');
  await expectNothingLeft(of);
});

test.concurrent.each([
  ['knows nothing of it any more', { notFound: true }],
  ['missed its heartbeats', { timedOut: true }],
])('an attempt that ends because Temporal %s leaves the Job to the next one', async (_what, details) => {
  const of = await installed();
  const env = environment();
  const made = aJob(of);
  const test = job({ image: 'example/smoke:1.0.0-never-ready', timeoutSeconds: 30 });
  const first = run({ ...test, timeoutSeconds: 600 }, { namespace: of, env });
  void first.catch(() => undefined);
  const { metadata } = await made;
  env.cancel('NOT_FOUND', new ActivityCancellationDetails(details));
  await expect(first).rejects.toThrow('NOT_FOUND');
  const { items } = await batch().listNamespacedJob({ namespace: of });
  expect(items.map((each) => [each.metadata?.uid, each.metadata?.deletionTimestamp])).toEqual([
    [metadata?.uid, undefined],
  ]);
  expect(await run(test, { namespace: of })).toMatchObject({
    verdict: 'fail',
    summary: 'its Job had not finished within 30 s',
  });
  await expectNothingLeft(of);
});

test.concurrent(
  'a second attempt goes on with the Job of the first, though the pod to test is not ready any more',
  async () => {
    const of = await installed();
    const test = job({ image: 'example/smoke:1.0.0-never-ready', timeoutSeconds: 30 });
    const made = aJob(of);
    const first = run(test, { namespace: of });
    void first.catch(() => undefined);
    const { metadata } = await made;
    const [pod] = (await coreOf(cluster()).listNamespacedPod({ namespace: of, labelSelector: '!job-name' }))
      .items;
    await coreOf(cluster()).deleteNamespacedPod({ namespace: of, name: pod?.metadata?.name ?? '' });
    const second = run({ ...test, timeoutSeconds: 90 }, { namespace: of });
    const deleted = untilSeen<V1Job>(
      cluster(),
      { path: `/apis/batch/v1/namespaces/${of}/jobs`, wish: 'the Job on its way out', timeoutMs: 120_000 },
      (each) => each.metadata?.deletionTimestamp !== undefined,
    );
    // The tested pod is not there to be blamed.
    expect(await first).toMatchObject({ verdict: 'inconclusive' });
    // The first takes its Job away: that is no verdict, and a third attempt makes a new one.
    await expect(second).rejects.toMatchObject({
      type: 'Conflict',
      nonRetryable: false,
      message: expect.stringContaining('was deleted by somebody'),
    });
    expect((await deleted).metadata?.uid).toBe(metadata?.uid);
    await expectNothingLeft(of);
  },
);

test.concurrent("somebody else's Job of the name is left alone", async () => {
  const of = await installed();
  const made = aJob(of);
  await run(job(), { namespace: of });
  const { metadata, spec } = await made;
  const { selector: _selector, ...rest } = spec!;
  const { labels: _labels, ...template } = rest.template.metadata ?? {};
  await batch().createNamespacedJob({
    namespace: of,
    body: {
      metadata: { name: metadata?.name ?? '' },
      spec: { ...rest, template: { ...rest.template, metadata: template } },
    },
  });
  await expect(run(job(), { namespace: of })).rejects.toMatchObject({
    type: 'ChangedByOther',
    nonRetryable: true,
    message: expect.stringContaining('is in the way'),
  });
  expect((await batch().listNamespacedJob({ namespace: of })).items).toHaveLength(1);
});

test.concurrent(
  'the stated rights are enough; without the one to make Jobs it fails as forbidden',
  async () => {
    const of = await installed();
    const rights = smokePermissions([job()]);
    const least = await accountWith(cluster(), of, 'job-least', rights);
    expect(await run(job(), { namespace: of, config: least })).toMatchObject({ verdict: 'pass' });
    const without = rights.map((right) =>
      right.resource === 'jobs'
        ? { ...right, verbs: right.verbs.filter((verb) => verb !== 'create') }
        : right,
    );
    const lacking = await accountWith(cluster(), of, 'job-lacking', without);
    await expect(run(job(), { namespace: of, config: lacking })).rejects.toMatchObject({
      type: 'Forbidden',
      nonRetryable: true,
      message: expect.stringContaining('cannot create resource "jobs"'),
    });
  },
);
