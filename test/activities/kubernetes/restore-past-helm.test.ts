/** The way back of an update by helm, where somebody had set another image past helm before it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHelmActivities, createHelmReader } from '../../../src/activities/helm/index.ts';
import { useCluster } from '../../support/cluster.ts';
import { createHelmSandbox, helmBinary, type HelmSandbox } from '../helm/helm-sandbox.ts';
import { activitiesOf, image, run } from './bench.ts';

const cluster = useCluster();
let sandbox: HelmSandbox;
beforeAll(async () => {
  sandbox = await createHelmSandbox(cluster());
});
afterAll(() => sandbox.remove());

test('helm brings what it holds, and the recorded revision what ran', async () => {
  const deps = { binary: helmBinary(), kubeconfig: sandbox.kubeconfig };
  const { upgradeHelmRelease, rollBackHelmRelease } = createHelmActivities(deps);
  const { observeTarget, setImage, restoreRevision } = activitiesOf(cluster().config, {
    helm: createHelmReader(deps),
  });
  const target = sandbox.target();
  await sandbox.helm('install', 'tensafe', sandbox.chart, '--set-string', 'image.tag=4.0.0');
  await run(setImage, { target, image: image('4.0.5') });
  const recorded = await run(observeTarget, { target });
  expect(recorded).toMatchObject({
    deployment: { image: image('4.0.5') },
    helm: { deployedRevision: 1, manifestImage: image('4.0.0') },
  });

  await run(upgradeHelmRelease, { target, tag: '4.1.0', key: 'release-1/update' });
  expect(await sandbox.clusterImage()).toBe(image('4.1.0'));
  await run(rollBackHelmRelease, { target, revision: 1, key: 'release-1/rollback' });
  expect(await sandbox.clusterImage()).toBe(image('4.0.0'));

  // Neither the release's image nor the recorded one: without knowing what helm holds it is somebody else's.
  const asIfHelmHeldIt = { target, recorded, image: image('4.1.0') };
  expect(await run(restoreRevision, asIfHelmHeldIt)).toMatchObject({ outcome: 'leftAlone' });
  const back = { target, recorded, image: recorded.helm?.manifestImage ?? '' };
  expect(await run(restoreRevision, back)).toMatchObject({ outcome: 'restored', image: image('4.0.5') });
  expect(await run(restoreRevision, back)).toMatchObject({ outcome: 'alreadyThere' });
  expect(await sandbox.clusterImage()).toBe(image('4.0.5'));
});
