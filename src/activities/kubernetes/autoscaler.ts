import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { ClusterClients } from './clients.ts';
import type { DeploymentRef } from './deployment.ts';

/** The HorizontalPodAutoscaler that scales this Deployment, whatever its name. */
export async function findAutoscaler(
  clients: ClusterClients,
  ref: DeploymentRef,
): Promise<V2HorizontalPodAutoscaler | undefined> {
  return (await findAutoscalers(clients, ref))[0];
}

/** All of them: more than one on a Deployment is a mistake, or one of them is KEDA's. */
export async function findAutoscalers(
  clients: ClusterClients,
  { name, namespace }: DeploymentRef,
): Promise<readonly V2HorizontalPodAutoscaler[]> {
  const { items } = await clients.autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace });
  return items.filter(({ spec }) => {
    const target = spec?.scaleTargetRef;
    return (
      target?.kind === 'Deployment' && target.name === name && (target.apiVersion ?? '').startsWith('apps/')
    );
  });
}
