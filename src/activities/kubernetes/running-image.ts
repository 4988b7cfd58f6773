import type { Target } from '../../domain/target.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, placeOf } from './deployment.ts';
import { toFailure } from './failures.ts';
import { imageOf } from './observe-target.ts';

/** The image in the Deployment's template. Throws `NotFound`, `Forbidden`, `ClusterUnreachable`. */
export async function readRunningImage(clients: ClusterClients, target: Target): Promise<string> {
  try {
    return imageOf(await clients.apps.readNamespacedDeployment(deploymentRef(target)), target);
  } catch (error) {
    throw toFailure(error, placeOf(target));
  }
}
