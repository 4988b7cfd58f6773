import { beforeAll, expect, test } from '@jest/globals';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Permission } from '../../../src/activities/kubernetes/permissions.ts';
import { releasePermissions } from '../../../src/activities/kubernetes/permissions.ts';
import type { PreflightReport } from '../../../src/domain/observation.ts';
import { aNamespace, useCluster } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { accountWith } from './account.ts';
import { activitiesOf, appsOf, coreOf, image, run, tensafe, workload } from './bench.ts';

const cluster = useCluster();
const referenced: Permission = {
  group: '',
  resource: 'secrets',
  verbs: ['get'],
  names: ['tensafe-secrets'],
  reason: 'see that what the workload references exists',
};
const leastRights = [...releasePermissions, referenced];

let namespace = '';
beforeAll(async () => {
  namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.0.0', autoscaler: true });
  await coreOf(cluster()).createNamespacedSecret({
    namespace,
    body: { metadata: { name: 'tensafe-secrets' } },
  });
  const target = tensafe(cluster().config, namespace);
  const env = [
    { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'tensafe-secrets', key: 'url' } } },
  ];
  await appsOf(cluster()).patchNamespacedDeployment({
    name: workload,
    namespace,
    body: [{ op: 'add', path: '/spec/template/spec/containers/0/env', value: env }],
  });
  await run(activitiesOf(cluster().config).awaitRollout, {
    target,
    image: image('4.0.0'),
    timeoutSeconds: 180,
  });
});

function preflightAs(config: KubeConfig, further: readonly Permission[] = []): Promise<PreflightReport> {
  const { preflight } = activitiesOf(config, { furtherPermissions: () => further });
  return run(preflight, { target: tensafe(config, namespace), image: image('4.1.0') });
}

test('the least rights are enough for every activity', async () => {
  const config = await accountWith(cluster(), namespace, 'least', leastRights);
  const activities = activitiesOf(config);
  const target = tensafe(config, namespace);
  const { problems, observed } = await preflightAs(config);
  expect(problems).toEqual([]);
  if (observed === undefined) throw new Error('nothing observed');

  expect(await run(activities.observeTarget, { target })).toEqual(observed);
  expect(await run(activities.backUpTarget, { target, key: 'k' })).toMatchObject({ image: image('4.0.0') });
  expect(await run(activities.setImage, { target, image: image('4.1.0') })).toMatchObject({ changed: true });
  const wait = { target, image: image('4.1.0'), timeoutSeconds: 180 };
  expect(await run(activities.awaitRollout, wait)).toMatchObject({ outcome: 'complete' });
  const restore = { target, recorded: observed, image: image('4.1.0') };
  expect(await run(activities.restoreRevision, restore)).toMatchObject({ outcome: 'restored' });
  expect(await run(activities.awaitRollout, { ...wait, image: image('4.0.0') })).toMatchObject({
    outcome: 'complete',
  });
});

const everyRight = leastRights.flatMap((permission) =>
  permission.verbs.map((verb) => ({ permission, verb })),
);

test.each(everyRight.map(({ permission, verb }) => [verb, permission.resource, permission] as const))(
  'without the right to %s %s pre-flight names exactly that right, and who is to grant what',
  async (verb, resource, lacking) => {
    const rights = leastRights.flatMap((permission) => {
      if (permission !== lacking) return [permission];
      const verbs = permission.verbs.filter((each) => each !== verb);
      return verbs.length === 0 ? [] : [{ ...permission, verbs }];
    });
    const name = `without-${verb}-${resource}`;
    const { problems } = await preflightAs(await accountWith(cluster(), namespace, name, rights));
    expect(problems).toEqual([
      {
        rule: 'permission-missing',
        message: expect.stringContaining(`may not ${verb} ${resource}`),
        remedy: expect.stringContaining(`resources ["${resource}"], verbs ["${verb}"]`),
      },
    ]);
  },
);

test('rights of other systems are asked about too, each once', async () => {
  const config = await accountWith(cluster(), namespace, 'no-port-forward', leastRights);
  const socket = {
    group: '',
    resource: 'pods',
    subresource: 'portforward',
    verbs: ['create'],
    reason: 'ask the pods',
  };
  const { problems } = await preflightAs(config, [socket, socket]);
  expect(problems.map(({ message }) => message)).toEqual([
    `this worker's account may not create pods/portforward in namespace ${namespace}`,
  ]);
});

test('without the right to set the image, setting it fails as forbidden and without a retry', async () => {
  const rights = leastRights.filter(({ verbs }) => !verbs.includes('patch'));
  const config = await accountWith(cluster(), namespace, 'reader', rights);
  const input = { target: tensafe(config, namespace), image: image('4.2.0') };
  await expect(run(activitiesOf(config).setImage, input)).rejects.toMatchObject({
    type: 'Forbidden',
    nonRetryable: true,
    message: expect.stringContaining('cannot patch resource'),
  });
});

test('without the right to watch pods, a wait ends as forbidden instead of waiting for it', async () => {
  const rights = leastRights.filter(({ resource }) => resource !== 'pods');
  const config = await accountWith(cluster(), namespace, 'no-pods', rights);
  const wait = { target: tensafe(config, namespace), image: image('4.0.0'), timeoutSeconds: 180 };
  await expect(run(activitiesOf(config).awaitRollout, wait)).rejects.toMatchObject({
    type: 'Forbidden',
    message: expect.stringContaining('cannot list resource "pods"'),
  });
});
