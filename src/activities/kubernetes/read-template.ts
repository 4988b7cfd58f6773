import type { ObservedDeployment } from '../../domain/observation.ts';
import type { ClusterClients } from './clients.ts';
import { isOwnedBy } from './deployment.ts';
import { statusOf } from './failures.ts';
import { rawJson } from './raw-json.ts';
import { withoutTemplateHash } from './template.ts';

/** The pod template that a ReplicaSet keeps; `undefined` when it is gone or another Deployment's. */
export async function readTemplate(
  clients: ClusterClients,
  namespace: string,
  { replicaSet: name, uid }: Pick<ObservedDeployment, 'replicaSet' | 'uid'>,
): Promise<unknown> {
  let owned = false;
  try {
    const raw = await rawJson(async (options) => {
      owned = isOwnedBy(await clients.apps.readNamespacedReplicaSet({ name, namespace }, options), uid);
    });
    return owned ? withoutTemplateHash((raw['spec'] as { readonly template?: unknown }).template) : undefined;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
