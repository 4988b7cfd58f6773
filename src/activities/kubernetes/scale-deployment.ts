import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { ClusterClients } from './clients.ts';
import { fieldManager } from './deployment.ts';
import type { ScaleDeploymentInput } from './types.ts';

/**
 * Through the scale subresource: whatever else somebody writes to the Deployment stays. Idempotent
 * by reading first. Throws `NotFound`, `Forbidden`.
 */
export async function scaleDeployment(
  clients: ClusterClients,
  { target, deployment, replicas }: ScaleDeploymentInput,
): Promise<{ readonly changed: boolean }> {
  const ref = { name: deployment, namespace: target.environment.namespace };
  const { spec } = await clients.apps.readNamespacedDeploymentScale(ref);
  // None at all is left out of the answer.
  if ((spec?.replicas ?? 0) === replicas) return { changed: false };
  await clients.apps.patchNamespacedDeploymentScale(
    { ...ref, body: { spec: { replicas } }, fieldManager },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
  return { changed: true };
}
