import { Context } from '@temporalio/activity';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { V1Deployment } from '@kubernetes/client-node';
import { failureTypes } from '../../domain/failures.ts';
import type { Target } from '../../domain/target.ts';
import { awaitObserved } from './await-observed.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, fieldManager, placeOf, revisionOf } from './deployment.ts';
import { failure } from './failures.ts';
import { retryConflicts } from './retry-conflicts.ts';
import { imageOf } from './observe-target.ts';
import type { SetImageInput } from './types.ts';

/**
 * Idempotent by reading first: the image that is there already is left alone. Otherwise a
 * server-side apply in which the manager `fairway` owns the one field. It is forced: whoever
 * wrote the image before (Helm, kubectl, a pipeline) owns the field, and taking over just that
 * is what a release is for; their next write takes it back.
 *
 * An apply would add a container that has gone meanwhile, so it carries the UID and the version
 * that were read: the API server refuses it (409) when either moved, and it is read again.
 * Throws `NotFound` (Deployment or container), `Forbidden`, `Conflict`, `InvalidObject`, `ChangedByOther`.
 */
export async function setImage(
  clients: ClusterClients,
  { target, image, from }: SetImageInput,
): Promise<{ readonly changed: boolean; readonly revision: string }> {
  const ref = deploymentRef(target);
  const signal = Context.current().cancellationSignal;
  return retryConflicts(placeOf(target), async () => {
    const read = await clients.apps.readNamespacedDeployment(ref);
    const runs = imageOf(read, target);
    const changed = runs !== image;
    if (changed) assertExpected(target, runs, from);
    const written = changed ? await applyImage(clients, read, target.service.container, image) : read;
    // Its revision belongs to the template only once the controller has seen it.
    const observed = await awaitObserved(clients, ref, written, signal);
    return { changed, revision: revisionOf(observed) };
  });
}

/** Throws `ChangedByOther` when something else than the expected image runs. */
export function assertExpected(target: Target, runs: string, expected: string | undefined): void {
  if (expected === undefined || runs === expected) return;
  const message = `Deployment ${target.service.deployment} runs ${runs}, and ${expected} was expected: somebody changed it during the release, and it was left alone`;
  throw failure(failureTypes.changedByOther, placeOf(target), message);
}

/** One attempt, against exactly the Deployment that was read. */
export async function applyImage(
  clients: ClusterClients,
  deployment: V1Deployment,
  container: string,
  image: string,
): Promise<V1Deployment> {
  return clients.apps.patchNamespacedDeployment(
    imagePatch(deployment, container, image),
    setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
  );
}

/** The request of a server-side apply, for exactly the Deployment that was read. */
export function imagePatch({ metadata }: V1Deployment, container: string, image: string) {
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = metadata ?? {};
  const body = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, uid, resourceVersion },
    spec: { template: { spec: { containers: [{ name: container, image }] } } },
  };
  return { name, namespace, body, fieldManager, force: true };
}
