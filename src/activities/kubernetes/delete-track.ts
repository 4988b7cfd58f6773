import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import { failureTypes } from '../../domain/failures.ts';
import type { Target } from '../../domain/target.ts';
import type { Track } from '../../domain/track.ts';
import { trackDeployment } from '../../domain/track.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, isOwnedBy, ownedReplicaSets, placeOf, selectorText } from './deployment.ts';
import { failure } from './failures.ts';
import { startReflector } from './reflector.ts';
import { trackKey } from './track-marks.ts';
import { unlessMissing } from './unless-missing.ts';
import { watchUntil } from './watch-until.ts';

interface DeleteTrackInput {
  readonly target: Target;
  readonly track: Track;
}

/**
 * Resolves when the Deployment and its pods are gone; how long that may take is the activity's own
 * timeout. Idempotent: one that is going already is waited for, one that is gone answers
 * `deleted: false`. Throws `Forbidden`, and `ChangedByOther` for a Deployment without Fairway's marks.
 */
export async function deleteTrack(
  clients: ClusterClients,
  { target, track }: DeleteTrackInput,
): Promise<{ readonly deleted: boolean }> {
  const { name: stable, namespace } = deploymentRef(target);
  const ref = { name: trackDeployment(stable, track), namespace };
  const found = await unlessMissing(() => clients.apps.readNamespacedDeployment(ref));
  if (found === undefined) return { deleted: false };
  if (trackKey(found, track) === undefined) {
    const message = `Deployment ${ref.name} has the name of this target's ${track} and was not made by Fairway (or lost its marks): it is left as it is. Delete it by hand when nobody needs it.`;
    throw failure(failureTypes.changedByOther, placeOf(target), message);
  }
  const replicaSets = await ownedReplicaSets(clients, found);
  if (found.metadata?.deletionTimestamp === undefined) {
    const { uid = '' } = found.metadata ?? {};
    // In the foreground: the Deployment stays until its pods are gone, so that a repeated call can wait for them.
    const body = { propagationPolicy: 'Foreground', preconditions: { uid } };
    await unlessMissing(() => clients.apps.deleteNamespacedDeployment({ ...ref, body }));
  }
  await untilGone(
    clients,
    target,
    found,
    replicaSets.map(({ metadata }) => metadata?.uid),
  );
  return { deleted: true };
}

/** Pods too: whoever deletes it at the same moment may do so in the background. */
async function untilGone(
  clients: ClusterClients,
  target: Target,
  { metadata, spec }: V1Deployment,
  replicaSets: readonly (string | undefined)[],
): Promise<void> {
  const { name = '', namespace = '', uid } = metadata ?? {};
  const { watch } = clients;
  const fieldSelector = `metadata.name=${name}`;
  const labelSelector = selectorText(spec?.selector);
  await watchUntil<true>({
    place: placeOf(target),
    what: `the end of Deployment ${name}`,
    deadline: Infinity,
    start: (onChange, signal) => {
      const deployments = startReflector<V1Deployment>({
        watch,
        path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
        selector: { fieldSelector },
        list: () => clients.apps.listNamespacedDeployment({ namespace, fieldSelector }),
        onChange,
        signal,
      });
      const pods = startReflector<V1Pod>({
        watch,
        path: `/api/v1/namespaces/${namespace}/pods`,
        selector: { labelSelector },
        list: () => clients.core.listNamespacedPod({ namespace, labelSelector }),
        onChange,
        signal,
      });
      return {
        reflectors: [deployments, pods],
        look: () => {
          const stays = deployments.items().some((each) => each.metadata?.uid === uid);
          const runs = pods.items().some((pod) => replicaSets.some((each) => isOwnedBy(pod, each)));
          return stays || runs ? undefined : true;
        },
      };
    },
  });
}
