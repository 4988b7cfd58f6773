import { Context } from '@temporalio/activity';
import type { V1Deployment } from '@kubernetes/client-node';
import { failureTypes } from '../../domain/failures.ts';
import { trackDeployment } from '../../domain/track.ts';
import { awaitObserved } from './await-observed.ts';
import type { ClusterClients } from './clients.ts';
import type { DeploymentRef } from './deployment.ts';
import {
  currentReplicaSet,
  deploymentRef,
  fieldManager,
  ownedReplicaSets,
  placeOf,
  templateHashLabel,
} from './deployment.ts';
import { failure } from './failures.ts';
import { imageOf } from './observe-target.ts';
import { rawJson } from './raw-json.ts';
import { retryConflicts } from './retry-conflicts.ts';
import { trackManifest } from './track-manifest.ts';
import { trackKey } from './track-marks.ts';
import type { CreateTrackInput, TrackRef } from './types.ts';
import { unlessMissing } from './unless-missing.ts';

/**
 * Idempotent by the key that the Deployment carries: found with it, nothing is written, whatever
 * its number of pods is by now. The live Deployment is never touched. Throws `NotFound` (Deployment
 * or container), `Forbidden`, `InvalidObject` (quota, admission), `ChangedByOther` when the name is
 * taken or the track runs another image than the one it was made with, and `Conflict` while the
 * track of before is still going.
 */
export async function createTrack(clients: ClusterClients, input: CreateTrackInput): Promise<TrackRef> {
  const { target, track } = input;
  const { name, namespace } = deploymentRef(target);
  const ref = { name: trackDeployment(name, track), namespace };
  return retryConflicts(placeOf(target), async () => {
    const found = await unlessMissing(() => clients.apps.readNamespacedDeployment(ref));
    const deployment = found ?? (await make(clients, input, ref));
    assertOurs(deployment, input);
    return describe(clients, deployment, input);
  });
}

async function make(
  clients: ClusterClients,
  input: CreateTrackInput,
  ref: DeploymentRef,
): Promise<V1Deployment> {
  const { target, track, image, replicas, key } = input;
  let live: V1Deployment = {};
  const raw = await rawJson(async (options) => {
    live = await clients.apps.readNamespacedDeployment(deploymentRef(target), options);
  });
  // Throws when there is no such container.
  imageOf(live, target);
  const { container } = target.service;
  // The typed client would drop what it does not know.
  await clients.custom.createNamespacedCustomObject({
    group: 'apps',
    version: 'v1',
    plural: 'deployments',
    namespace: ref.namespace,
    body: trackManifest({ live: raw, container, track, image, replicas, key }),
    fieldManager,
  });
  return clients.apps.readNamespacedDeployment(ref);
}

function assertOurs(deployment: V1Deployment, { target, track, image, key }: CreateTrackInput): void {
  const place = placeOf(target);
  const name = deployment.metadata?.name ?? '';
  const found = trackKey(deployment, track);
  if (found !== undefined && deployment.metadata?.deletionTimestamp !== undefined) {
    const message = `Deployment ${name} of an earlier try is still being deleted. It is tried again until that is done.`;
    throw failure(failureTypes.conflict, place, message, true);
  }
  if (found !== key) {
    const whose = found === undefined ? 'was not made by Fairway' : `belongs to ${found}`;
    const message = `Deployment ${name} is there already and ${whose}, not to ${key}. Look at it; delete it when nobody needs it, then start again.`;
    throw failure(failureTypes.changedByOther, place, message);
  }
  const runs = imageOf(deployment, target);
  if (runs !== image) {
    const message = `Deployment ${name} of this release runs ${runs} and was made with ${image}: somebody changed it. Find out who and why.`;
    throw failure(failureTypes.changedByOther, place, message);
  }
}

async function describe(
  clients: ClusterClients,
  given: V1Deployment,
  { target }: CreateTrackInput,
): Promise<TrackRef> {
  const { name = '', namespace = '', uid = '' } = given.metadata ?? {};
  const signal = Context.current().cancellationSignal;
  const deployment = await awaitObserved(clients, { name, namespace }, given, signal);
  const replicaSet = currentReplicaSet(deployment, await ownedReplicaSets(clients, deployment));
  const templateHash = replicaSet?.metadata?.labels?.[templateHashLabel];
  if (templateHash === undefined) {
    const message = `Deployment ${name} was made and has no ReplicaSet yet. It is looked at again; if this stays, the cluster's controller manager is not running.`;
    throw failure(failureTypes.conflict, placeOf(target), message, true);
  }
  return { deployment: name, uid, templateHash };
}
