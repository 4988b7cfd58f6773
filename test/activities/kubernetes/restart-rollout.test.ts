import { expect, test } from '@jest/globals';
import { aNamespace, useCluster } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { activitiesOf, image, readDeployment, run, tensafe } from './bench.ts';

const cluster = useCluster();

test('new pods of the same template are made once a key, and the recorded template can be put back', async () => {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.0.0' });
  const target = tensafe(cluster().config, namespace);
  const { awaitRollout, observeTarget, restartRollout, restoreRevision } = activitiesOf(cluster().config);
  const wait = { target, image: image('4.0.0'), timeoutSeconds: 180 };
  expect(await run(awaitRollout, wait)).toMatchObject({ outcome: 'complete' });
  const recorded = await run(observeTarget, { target });
  const before = await readDeployment(cluster(), namespace);

  expect(await run(restartRollout, { target, key: 'release-1/restart' })).toEqual({
    changed: true,
    revision: '2',
  });
  expect(await run(awaitRollout, wait)).toMatchObject({ outcome: 'complete' });
  const settled = await readDeployment(cluster(), namespace);
  expect(await run(restartRollout, { target, key: 'release-1/restart' })).toEqual({
    changed: false,
    revision: '2',
  });
  // The status may still be written by the controller; the generation counts what was asked for.
  expect((await readDeployment(cluster(), namespace)).metadata?.generation).toBe(
    settled.metadata?.generation,
  );
  expect(await run(restartRollout, { target, key: 'release-2/restart' })).toEqual({
    changed: true,
    revision: '3',
  });

  const restored = await run(restoreRevision, { target, recorded, image: image('4.0.0') });
  expect(restored.outcome).toBe('restored');
  expect((await readDeployment(cluster(), namespace)).spec?.template).toEqual(before.spec?.template);
});
