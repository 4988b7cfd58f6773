/** Follows a Deployment, its ReplicaSets and its pods, for as long as a signal lasts. */
import type { V1Deployment, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { RolloutObservation } from '../../domain/rollout-observation.ts';
import type { ClusterClients } from './clients.ts';
import type { DeploymentRef } from './deployment.ts';
import { selectorText } from './deployment.ts';
import { observeRollout } from './observe-rollout.ts';
import { startReflector } from './reflector.ts';

export interface RolloutView {
  /** `undefined` while a part of the view does not follow the cluster. */
  observe(): RolloutObservation | undefined;
  /** The error that keeps it from following; `undefined` while there is none. */
  trouble(): unknown;
  /** Looks at everything anew: a watch may have died in silence. */
  refresh(): void;
}

export interface RolloutViewOptions {
  readonly clients: ClusterClients;
  /** As it was read when the wait began. */
  readonly deployment: V1Deployment;
  readonly ref: DeploymentRef;
  readonly container: string;
  readonly expectedImage: string;
  readonly onChange: () => void;
  readonly signal: AbortSignal;
}

export function startRolloutView(options: RolloutViewOptions): RolloutView {
  const { clients, deployment, ref, onChange, signal } = options;
  const { name, namespace } = ref;
  const { watch } = clients;
  const labelSelector = selectorText(deployment.spec?.selector);
  const fieldSelector = `metadata.name=${name}`;

  const deployments = startReflector<V1Deployment>({
    watch,
    path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    selector: { fieldSelector },
    list: () => clients.apps.listNamespacedDeployment({ namespace, fieldSelector }),
    onChange,
    signal,
  });
  const replicaSets = startReflector<V1ReplicaSet>({
    watch,
    path: `/apis/apps/v1/namespaces/${namespace}/replicasets`,
    selector: { labelSelector },
    list: () => clients.apps.listNamespacedReplicaSet({ namespace, labelSelector }),
    onChange,
    signal,
  });
  const pods = startReflector<V1Pod>({
    watch,
    path: `/api/v1/namespaces/${namespace}/pods`,
    selector: { labelSelector },
    list: () => clients.core.listNamespacedPod({ namespace, labelSelector }),
    onChange,
    signal,
  });
  const reflectors = [deployments, replicaSets, pods];

  return {
    observe: () => {
      if (!reflectors.every((reflector) => reflector.isCurrent())) return undefined;
      // One that was deleted and created anew is another: its pods are not this rollout's.
      const same = deployments.items().find((each) => each.metadata?.uid === deployment.metadata?.uid);
      return observeRollout({
        ...(same === undefined ? {} : { deployment: same }),
        replicaSets: replicaSets.items(),
        pods: pods.items(),
        container: options.container,
        expectedImage: options.expectedImage,
      });
    },
    trouble: () =>
      reflectors.map((reflector) => reflector.trouble()).find((trouble) => trouble !== undefined),
    refresh: () => {
      for (const reflector of reflectors) reflector.refresh();
    },
  };
}
