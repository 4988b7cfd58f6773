import { expect, test } from '@jest/globals';
import type { Permission } from '../../../src/activities/kubernetes/permissions.ts';
import { releasePermissions } from '../../../src/activities/kubernetes/permissions.ts';
import { trackPermissions } from '../../../src/activities/kubernetes/track-permissions.ts';
import { useCluster } from '../../support/cluster.ts';
import { accountWith } from './account.ts';
import { run, workload } from './bench.ts';
import { canaryOf, installed, tracksOf } from './tracks-bench.ts';

const cluster = useCluster();
const canary = `${workload}-canary`;
const selector = { 'app.kubernetes.io/name': 'tensafe', 'app.kubernetes.io/instance': 'tensafe' };
const pinned = { ...selector, 'example.com/pin': 'on' };

/** Every call of a release that changes or watches something, in an order that works; on a target of its own. */
async function everything(rights: readonly Permission[], name: string): Promise<void> {
  const target = await installed(cluster(), { autoscaler: true });
  const config = await accountWith(cluster(), target.environment.namespace, name, rights);
  const tracks = tracksOf(config);
  const paused = await run(tracks.pauseAutoscaler, { target, replicas: 2, key: 'release-1/pause' });
  await run(tracks.createTrack, canaryOf(target));
  await run(tracks.scaleDeployment, { target, deployment: canary, replicas: 2 });
  const expected = [workload, canary].map((deployment) => ({ deployment, ready: 2 }));
  const proven = await run(tracks.awaitEndpoints, { target, expected, timeoutSeconds: 180 });
  expect(proven).toMatchObject({ outcome: 'proven' });
  await run(tracks.switchService, { target, from: selector, to: pinned });
  await run(tracks.switchService, { target, from: pinned, to: selector });
  expect(await run(tracks.deleteTrack, { target, track: 'canary' })).toEqual({ deleted: true });
  if (paused === undefined) throw new Error('no autoscaler');
  expect(await run(tracks.restoreAutoscaler, { target, paused })).toEqual({ outcome: 'restored' });
}

test.concurrent('the least rights are enough for every activity of a track', async () => {
  const rights = [...releasePermissions, ...trackPermissions];
  await expect(everything(rights, 'tracks')).resolves.toBeUndefined();
});

/**
 * What this story does without: of KEDA's rights a cluster without it asks the list alone, HPAs are
 * watched only beside KEDA, and without a watch a wait lives on lists.
 */
const notNeededHere = ['watch horizontalpodautoscalers', 'patch scaledobjects', 'watch endpointslices'];
const needed = trackPermissions.flatMap((permission) =>
  permission.verbs
    .map((verb) => ({ verb, permission, what: describe(permission) }))
    .filter(({ verb, what }) => !notNeededHere.includes(`${verb} ${what}`)),
);

test.concurrent.each(needed.map(({ verb, what, permission }) => [verb, what, permission] as const))(
  'without the right to %s %s it ends as forbidden, with that right in the message',
  async (verb, what, lacking) => {
    const rights = [...releasePermissions, ...trackPermissions].flatMap((permission) => {
      if (permission !== lacking) return [permission];
      const verbs = permission.verbs.filter((each) => each !== verb);
      return verbs.length === 0 ? [] : [{ ...permission, verbs }];
    });
    const name = `without-${verb}-${what.replace('/', '-')}`;
    await expect(everything(rights, name)).rejects.toMatchObject({
      type: 'Forbidden',
      nonRetryable: true,
      message: expect.stringContaining(`cannot ${verb} resource "${what}"`),
    });
  },
);

function describe({ resource, subresource }: Permission): string {
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}
