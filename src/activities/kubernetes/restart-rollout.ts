import { Context } from '@temporalio/activity';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { awaitObserved } from './await-observed.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, fieldManager, placeOf, revisionOf } from './deployment.ts';
import { retryConflicts } from './retry-conflicts.ts';
import type { RestartRolloutInput } from './types.ts';

/** In the pod template: a new value makes new pods, as `kubectl rollout restart` does. */
export const restartedBy = 'fairway.dev/restarted-by';

/**
 * Idempotent by the key, which the template's annotation holds. Throws `NotFound`, `Forbidden`,
 * `Conflict`, `InvalidObject`.
 */
export async function restartRollout(
  clients: ClusterClients,
  { target, key }: RestartRolloutInput,
): Promise<{ readonly changed: boolean; readonly revision: string }> {
  const ref = deploymentRef(target);
  const signal = Context.current().cancellationSignal;
  return retryConflicts(placeOf(target), async () => {
    const read = await clients.apps.readNamespacedDeployment(ref);
    const changed = read.spec?.template.metadata?.annotations?.[restartedBy] !== key;
    const written = changed
      ? await clients.apps.patchNamespacedDeployment(
          {
            ...ref,
            fieldManager,
            body: {
              metadata: { resourceVersion: read.metadata?.resourceVersion },
              spec: { template: { metadata: { annotations: { [restartedBy]: key } } } },
            },
          },
          setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
        )
      : read;
    const observed = await awaitObserved(clients, ref, written, signal);
    return { changed, revision: revisionOf(observed) };
  });
}
