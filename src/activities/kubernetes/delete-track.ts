import type { V1Deployment, V1EndpointConditions, V1EndpointSlice, V1Pod } from '@kubernetes/client-node';
import { failureTypes } from '../../domain/failures.ts';
import type { Target } from '../../domain/target.ts';
import { trackDeployment } from '../../domain/track.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, isOwnedBy, ownedReplicaSets, placeOf, selectorText } from './deployment.ts';
import { failure } from './failures.ts';
import { startReflector } from './reflector.ts';
import { trackKey } from './track-marks.ts';
import type { DeletedTrack, DeleteTrackInput } from './types.ts';
import { unlessMissing } from './unless-missing.ts';
import { startServiceSlices } from './service-slices.ts';
import { watchUntil } from './watch-until.ts';

/** Twice the time that Kubernetes gives pods to end where nothing else is said (seconds). */
const defaultPatienceSeconds = 60;

/**
 * Resolves when the Deployment and its pods are gone, or after some patience when all of them are on their
 * way out and the Service has none of them: a pod with a long grace period, or on a dead node, may take for
 * ever. Idempotent: one that is going already is waited for, one that is gone answers `deleted: false`.
 * Throws `Forbidden`, and `ChangedByOther` for a Deployment without Fairway's marks.
 */
export async function deleteTrack(
  clients: ClusterClients,
  { target, track, patienceSeconds = defaultPatienceSeconds }: DeleteTrackInput,
): Promise<DeletedTrack> {
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
  const leaving = await untilGone(clients, target, found, {
    replicaSets: replicaSets.map(({ metadata }) => metadata?.uid),
    patientUntil: Date.now() + patienceSeconds * 1_000,
  });
  return { deleted: true, ...(leaving === 0 ? {} : { leaving }) };
}

interface Patience {
  readonly replicaSets: readonly (string | undefined)[];
  /** Milliseconds since 1970. */
  readonly patientUntil: number;
}

/** Pods too: whoever deletes it at the same moment may do so in the background. Answers how many are left. */
async function untilGone(
  clients: ClusterClients,
  target: Target,
  { metadata, spec }: V1Deployment,
  { replicaSets, patientUntil }: Patience,
): Promise<number> {
  const { name = '', namespace = '', uid } = metadata ?? {};
  const { watch } = clients;
  const fieldSelector = `metadata.name=${name}`;
  const labelSelector = selectorText(spec?.selector);
  const left = await watchUntil<number>({
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
      const { kubernetesService: service } = target.service;
      const slices = startServiceSlices({ clients, namespace, service, onChange, signal });
      return {
        reflectors: [deployments, pods, slices],
        look: () => {
          const stays = deployments.items().some((each) => each.metadata?.uid === uid);
          const own = pods.items().filter((pod) => replicaSets.some((each) => isOwnedBy(pod, each)));
          if (!stays && own.length === 0) return 0;
          const isLeaving = own.every(isGoing) && !isServed(own, slices.items());
          return isLeaving && Date.now() >= patientUntil ? own.length : undefined;
        },
      };
    },
  });
  return left ?? 0;
}

function isGoing({ metadata }: V1Pod): boolean {
  return metadata?.deletionTimestamp !== undefined;
}

/** A pod that ends is in its slice as long as it answers, and gets new requests only when no other pod is ready. */
function isServed(pods: readonly V1Pod[], slices: readonly V1EndpointSlice[]): boolean {
  const uids = new Set(pods.map(({ metadata }) => metadata?.uid));
  return slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .some(({ targetRef, conditions }) => uids.has(targetRef?.uid) && isOpen(conditions));
}

function isOpen({ ready, terminating }: V1EndpointConditions = {}): boolean {
  return ready !== false && terminating !== true;
}
