import type { Target } from '../../domain/target.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, placeOf } from './deployment.ts';
import { toFailure } from './failures.ts';
import { imageOf } from './observe-target.ts';

/** What the Deployment asks for. Throws `NotFound`, `Forbidden`, `ClusterUnreachable`. */
export async function readRunning(
  clients: ClusterClients,
  target: Target,
): Promise<{ readonly image: string; readonly replicas: number }> {
  try {
    const deployment = await clients.apps.readNamespacedDeployment(deploymentRef(target));
    return { image: imageOf(deployment, target), replicas: deployment.spec?.replicas ?? 1 };
  } catch (error) {
    throw toFailure(error, placeOf(target));
  }
}
