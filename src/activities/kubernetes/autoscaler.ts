import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { ClusterClients } from './clients.ts';
import type { DeploymentRef } from './deployment.ts';

/** The HorizontalPodAutoscaler that scales this Deployment, whatever its name. */
export async function findAutoscaler(
  clients: ClusterClients,
  { name, namespace }: DeploymentRef,
): Promise<V2HorizontalPodAutoscaler | undefined> {
  const { items } = await clients.autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace });
  return items.find(({ spec }) => {
    const target = spec?.scaleTargetRef;
    return (
      target?.kind === 'Deployment' && target.name === name && (target.apiVersion ?? '').startsWith('apps/')
    );
  });
}
