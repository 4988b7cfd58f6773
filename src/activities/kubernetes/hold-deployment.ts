/** A Deployment whose pods a Service is pinned to rolls nothing out meanwhile: its new pods would get no traffic. */
import { Context } from '@temporalio/activity';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { failureTypes } from '../../domain/failures.ts';
import type { Target } from '../../domain/target.ts';
import { awaitObserved } from './await-observed.ts';
import type { ClusterClients } from './clients.ts';
import {
  currentReplicaSet,
  fieldManager,
  ownedReplicaSets,
  placeOf,
  templateHashLabel,
} from './deployment.ts';
import { failure } from './failures.ts';
import { retryConflicts } from './retry-conflicts.ts';
import type { HeldDeployment } from './types.ts';
import { unlessMissing } from './unless-missing.ts';

/** Who paused it; without this mark somebody else did, and it stays as it is. */
export const heldAnnotation = 'fairway.dev/held-by';

/**
 * Pauses it: `kubectl rollout restart` is refused then, and another change of its template waits. Scaling goes on, and
 * pods that end are replaced. Idempotent. Throws `ChangedByOther`, and lets it go, when its pods are of another template
 * by now; `NotFound`, `Forbidden`, `Conflict`.
 */
export async function holdDeployment(
  clients: ClusterClients,
  target: Target,
  { deployment: name, key, templateHash }: HeldDeployment,
): Promise<void> {
  const ref = { name, namespace: target.environment.namespace };
  await retryConflicts(placeOf(target), async () => {
    const { metadata, spec } = await clients.apps.readNamespacedDeployment(ref);
    if (spec?.paused === true) return;
    await write(clients, ref, metadata?.resourceVersion, key);
  });
  const read = await clients.apps.readNamespacedDeployment(ref);
  const deployment = await awaitObserved(clients, ref, read, Context.current().cancellationSignal);
  const current = currentReplicaSet(deployment, await ownedReplicaSets(clients, deployment));
  if (current === undefined) {
    const message = `Deployment ${name} is paused, and its controller has not seen that yet. It is looked at again; if this stays, the cluster's controller manager is not running.`;
    throw failure(failureTypes.conflict, placeOf(target), message, true);
  }
  const found = current.metadata?.labels?.[templateHashLabel] ?? '';
  if (found === templateHash) return;
  await letGoDeployment(clients, target, name);
  const message = `the pods of Deployment ${name} are of template ${found} now, and were of ${templateHash}: somebody changed it during the release. The Service was left alone; release again when that is over.`;
  throw failure(failureTypes.changedByOther, placeOf(target), message);
}

/** Undoes `holdDeployment`: what somebody changed meanwhile rolls out now. Idempotent; one that is gone is let go. */
export async function letGoDeployment(clients: ClusterClients, target: Target, name: string): Promise<void> {
  const ref = { name, namespace: target.environment.namespace };
  await retryConflicts(placeOf(target), async () => {
    const read = await unlessMissing(() => clients.apps.readNamespacedDeployment(ref));
    if (read?.metadata?.annotations?.[heldAnnotation] === undefined) return;
    await write(clients, ref, read.metadata.resourceVersion, null);
  });
}

/** Answered with 409 when somebody wrote since the read. */
async function write(
  clients: ClusterClients,
  ref: { readonly name: string; readonly namespace: string },
  resourceVersion: string | undefined,
  key: string | null,
): Promise<void> {
  const body = {
    metadata: { resourceVersion, annotations: { [heldAnnotation]: key } },
    spec: { paused: key === null ? null : true },
  };
  await clients.apps.patchNamespacedDeployment(
    { ...ref, body, fieldManager },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
}
