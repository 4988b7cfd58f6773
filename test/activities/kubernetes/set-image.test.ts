import { expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import type { Target } from '../../../src/domain/target.ts';
import { aNamespace, useCluster } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { withoutStatus } from '../../support/without-status.ts';
import { activitiesOf, appsOf, environment, image, readDeployment, run, tensafe, workload } from './bench.ts';

const cluster = useCluster();

async function installed(): Promise<Target> {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.0.0' });
  const target = tensafe(cluster().config, namespace);
  const wait = { target, image: image('4.0.0'), timeoutSeconds: 180 };
  expect(await run(activitiesOf(cluster().config).awaitRollout, wait)).toMatchObject({ outcome: 'complete' });
  return target;
}

test('only the container’s image is written, under the field manager fairway, and repeating it changes nothing', async () => {
  const target = await installed();
  const { namespace } = target.environment;
  const before = await readDeployment(cluster(), namespace);
  const { setImage, awaitRollout } = activitiesOf(cluster().config);
  expect(await run(setImage, { target, image: image('4.1.0') })).toEqual({ changed: true, revision: '2' });

  const written = await readDeployment(cluster(), namespace);
  const template = structuredClone(before.spec?.template);
  if (template?.spec?.containers[0] === undefined) throw new Error('no container');
  template.spec.containers[0].image = image('4.1.0');
  expect(written.spec?.template).toEqual(template);
  const owned = written.metadata?.managedFields?.find(({ manager }) => manager === 'fairway');
  expect(owned).toMatchObject({
    operation: 'Apply',
    fieldsV1: {
      'f:spec': {
        'f:template': {
          'f:spec': { 'f:containers': { 'k:{"name":"tensafe"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
        },
      },
    },
  });

  const wait = { target, image: image('4.1.0'), timeoutSeconds: 180 };
  expect(await run(awaitRollout, wait)).toMatchObject({ outcome: 'complete' });
  const settled = await readDeployment(cluster(), namespace);
  expect(await run(setImage, { target, image: image('4.1.0') })).toEqual({ changed: false, revision: '2' });
  expect(withoutStatus(await readDeployment(cluster(), namespace))).toEqual(withoutStatus(settled));
});

test('an image that another manager applied is taken over', async () => {
  const target = await installed();
  const { namespace } = target.environment;
  await appsOf(cluster()).patchNamespacedDeployment({
    name: workload,
    namespace,
    fieldManager: 'helm',
    body: [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image('4.0.9') }],
  });
  const result = await run(activitiesOf(cluster().config).setImage, { target, image: image('4.1.0') });
  expect(result).toEqual({ changed: true, revision: '3' });
});

test('a container that does not exist is refused with those that do, and none is added', async () => {
  const target = await installed();
  const other = { ...target, service: { ...target.service, container: 'server' } };
  const { setImage } = activitiesOf(cluster().config);
  await expect(run(setImage, { target: other, image: image('4.1.0') })).rejects.toMatchObject({
    type: 'NotFound',
    nonRetryable: true,
    message: expect.stringContaining('it has: tensafe'),
  });
  const deployment = await readDeployment(cluster(), target.environment.namespace);
  expect(deployment.spec?.template.spec?.containers).toHaveLength(1);
});

test('an object that the API server refuses is told as such', async () => {
  const target = await installed();
  const { setImage } = activitiesOf(cluster().config);
  await expect(run(setImage, { target, image: '' })).rejects.toMatchObject({
    type: 'InvalidObject',
    nonRetryable: true,
  });
});

test('a cancelled activity writes nothing', async () => {
  const target = await installed();
  const env = environment();
  env.cancel();
  const { setImage } = activitiesOf(cluster().config);
  await expect(env.run(setImage, { target, image: image('4.1.0') })).rejects.toBeInstanceOf(CancelledFailure);
  const deployment = await readDeployment(cluster(), target.environment.namespace);
  expect(deployment.metadata?.generation).toBe(1);
});
