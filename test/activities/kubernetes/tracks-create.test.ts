import { expect, test } from '@jest/globals';
import { useCluster } from '../../support/cluster.ts';
import { appsOf, image, readDeployment, run, workload } from './bench.ts';
import { canaryOf, installed, readNamed, tracksOf } from './tracks-bench.ts';

const cluster = useCluster();
const canary = `${workload}-canary`;

test('a track has all of the live pod template, one image and one label apart, and nobody else’s marks', async () => {
  const target = await installed(cluster());
  const { namespace } = target.environment;
  await appsOf(cluster()).patchNamespacedDeployment({
    name: workload,
    namespace,
    body: [
      {
        op: 'add',
        path: '/metadata/annotations',
        value: {
          'meta.helm.sh/release-name': 'shop',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          'deployment.kubernetes.io/revision': '1',
          'example.com/team': 'shop',
        },
      },
      { op: 'add', path: '/metadata/labels/app.kubernetes.io~1managed-by', value: 'Helm' },
      { op: 'add', path: '/metadata/labels/helm.sh~1chart', value: 'shop-1.2.3' },
      { op: 'add', path: '/spec/minReadySeconds', value: 1 },
      { op: 'replace', path: '/spec/progressDeadlineSeconds', value: 321 },
      { op: 'add', path: '/spec/template/metadata/annotations', value: { 'example.com/scrape': 'yes' } },
      {
        op: 'add',
        path: '/spec/template/spec/securityContext',
        value: { runAsNonRoot: true, fsGroup: 2000 },
      },
      { op: 'add', path: '/spec/template/spec/volumes', value: [{ name: 'cache', emptyDir: {} }] },
      {
        op: 'add',
        path: '/spec/template/spec/containers/0/resources',
        value: { requests: { cpu: '10m', memory: '16Mi' } },
      },
      {
        op: 'add',
        path: '/spec/template/spec/containers/0/volumeMounts',
        value: [{ name: 'cache', mountPath: '/cache' }],
      },
      { op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'proxy', image: 'proxy:1' } },
    ],
  });
  const live = await readDeployment(cluster(), namespace);
  const ref = await run(tracksOf(cluster().config).createTrack, canaryOf(target, { replicas: 2 }));

  const made = await readNamed(cluster(), target, canary);
  expect(ref).toEqual({
    deployment: canary,
    uid: made.metadata?.uid,
    templateHash: expect.stringMatching(/^[a-z0-9]+$/),
  });
  const template = structuredClone(live.spec?.template);
  if (template?.metadata?.labels === undefined || template.spec?.containers[0] === undefined) {
    throw new Error('no template');
  }
  template.spec.containers[0].image = image('4.1.0');
  template.metadata.labels['fairway.dev/track'] = 'canary';
  expect(made.spec?.template).toEqual(template);
  expect(made.spec).toMatchObject({
    replicas: 2,
    minReadySeconds: 1,
    progressDeadlineSeconds: 321,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } },
    selector: { matchLabels: { ...live.spec?.selector.matchLabels, 'fairway.dev/track': 'canary' } },
  });
  expect(made.metadata?.labels).toEqual({
    'app.kubernetes.io/name': 'tensafe',
    'app.kubernetes.io/instance': 'tensafe',
    'app.kubernetes.io/managed-by': 'fairway',
    'fairway.dev/track': 'canary',
  });
  const { 'deployment.kubernetes.io/revision': _revision, ...annotations } = made.metadata?.annotations ?? {};
  expect(annotations).toEqual({ 'example.com/team': 'shop', 'fairway.dev/key': 'release-1/canary' });
  const untouched = await readDeployment(cluster(), namespace);
  expect(untouched.metadata?.generation).toBe(live.metadata?.generation);
});

test('a repeated call finds its track, however many pods it has by now, and writes nothing', async () => {
  const target = await installed(cluster());
  const { createTrack, scaleDeployment } = tracksOf(cluster().config);
  const ref = await run(createTrack, canaryOf(target));
  await run(scaleDeployment, { target, deployment: canary, replicas: 3 });
  const { generation } = (await readNamed(cluster(), target, canary)).metadata ?? {};
  expect(await run(createTrack, canaryOf(target))).toEqual(ref);
  expect((await readNamed(cluster(), target, canary)).metadata?.generation).toBe(generation);
});

test('two calls at the same moment make one track', async () => {
  const target = await installed(cluster());
  const { createTrack } = tracksOf(cluster().config);
  const [one, other] = await Promise.all([
    run(createTrack, canaryOf(target)),
    run(createTrack, canaryOf(target)),
  ]);
  expect(one).toEqual(other);
});

test('a Deployment of that name that is somebody else’s, or another release’s, is left alone', async () => {
  const target = await installed(cluster());
  const { namespace } = target.environment;
  const { createTrack } = tracksOf(cluster().config);
  await run(createTrack, canaryOf(target));
  await expect(run(createTrack, canaryOf(target, { key: 'release-2/canary' }))).rejects.toMatchObject({
    type: 'ChangedByOther',
    nonRetryable: true,
    message: expect.stringContaining('belongs to release-1/canary'),
  });
  await expect(run(createTrack, canaryOf(target, { image: image('4.2.0') }))).rejects.toMatchObject({
    type: 'ChangedByOther',
    message: expect.stringContaining(`runs ${image('4.1.0')}`),
  });
  await appsOf(cluster()).patchNamespacedDeployment({
    name: canary,
    namespace,
    body: [{ op: 'remove', path: '/metadata/labels/app.kubernetes.io~1managed-by' }],
  });
  await expect(run(createTrack, canaryOf(target))).rejects.toMatchObject({
    type: 'ChangedByOther',
    message: expect.stringContaining('was not made by Fairway'),
  });
});

test('a container that does not exist is refused with those that do, and nothing is made', async () => {
  const target = await installed(cluster());
  const other = { ...target, service: { ...target.service, container: 'server' } };
  await expect(run(tracksOf(cluster().config).createTrack, canaryOf(other))).rejects.toMatchObject({
    type: 'NotFound',
    message: expect.stringContaining('it has: tensafe'),
  });
  await expect(readNamed(cluster(), target, canary)).rejects.toMatchObject({ code: 404 });
});

test('a Deployment is scaled once, to none and back too', async () => {
  const target = await installed(cluster());
  const { scaleDeployment } = tracksOf(cluster().config);
  const to = (replicas: number) => run(scaleDeployment, { target, deployment: workload, replicas });
  expect(await to(2)).toEqual({ changed: false });
  expect(await to(0)).toEqual({ changed: true });
  expect(await to(0)).toEqual({ changed: false });
  expect(await to(3)).toEqual({ changed: true });
  expect((await readDeployment(cluster(), target.environment.namespace)).spec?.replicas).toBe(3);
});
