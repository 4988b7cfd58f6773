/** The pods that a wait for endpoints waits for, and whether they can still come. */
import type {
  KubernetesListObject,
  KubernetesObject,
  V1Deployment,
  V1Pod,
  V1ReplicaSet,
} from '@kubernetes/client-node';
import { fatalTrouble, lookAt, type Trouble } from '../../domain/rollout-trouble.ts';
import type { ClusterClients } from './clients.ts';
import { selectorText } from './deployment.ts';
import { observeRollout } from './observe-rollout.ts';
import { startReflector, type Reflector } from './reflector.ts';

export interface ExpectedPods {
  readonly reflectors: readonly Reflector<KubernetesObject>[];
  pods(): readonly V1Pod[];
  replicaSets(): readonly V1ReplicaSet[];
  /** By the rules of a rollout: why pods of one of these Deployments will not come. */
  trouble(names: readonly string[]): Trouble | undefined;
}

interface Options {
  readonly clients: ClusterClients;
  /** The target's own: a track's pods and ReplicaSets carry all the labels that its selector asks for. */
  readonly deployment: V1Deployment;
  /** Names of the Deployments whose pods are waited for. */
  readonly names: readonly string[];
  readonly onChange: () => void;
  readonly signal: AbortSignal;
}

export function startExpectedPods({ clients, deployment, names, onChange, signal }: Options): ExpectedPods {
  const namespace = deployment.metadata?.namespace ?? '';
  const follow = <T extends KubernetesObject>(
    api: string,
    selector: { readonly labelSelector: string } | { readonly fieldSelector: string },
    list: () => Promise<KubernetesListObject<T>>,
  ): Reflector<T> => {
    const path = api.replace('*', `namespaces/${namespace}`);
    return startReflector<T>({ watch: clients.watch, path, selector, list, onChange, signal });
  };
  const labelSelector = selectorText(deployment.spec?.selector);
  const replicaSets = follow<V1ReplicaSet>('/apis/apps/v1/*/replicasets', { labelSelector }, () =>
    clients.apps.listNamespacedReplicaSet({ namespace, labelSelector }),
  );
  const pods = follow<V1Pod>('/api/v1/*/pods', { labelSelector }, () =>
    clients.core.listNamespacedPod({ namespace, labelSelector }),
  );
  const deployments = names.map((name) => {
    const fieldSelector = `metadata.name=${name}`;
    return follow<V1Deployment>('/apis/apps/v1/*/deployments', { fieldSelector }, () =>
      clients.apps.listNamespacedDeployment({ namespace, fieldSelector }),
    );
  });

  const troubleOf = (each: V1Deployment): Trouble | undefined => {
    const seen = observeRollout({
      deployment: each,
      replicaSets: replicaSets.items(),
      pods: pods.items(),
      // Whether the template is the right one was the question of the rollout before this.
      container: '',
      expectedImage: '',
    });
    // Until the controller has acted, everything is about the state before.
    return seen.newest === undefined ? undefined : fatalTrouble(lookAt(seen), Date.now());
  };
  return {
    reflectors: [replicaSets, pods, ...deployments],
    pods: pods.items,
    replicaSets: replicaSets.items,
    trouble: (wanted) =>
      deployments
        .flatMap((each) => each.items())
        .filter(({ metadata }) => wanted.includes(metadata?.name ?? ''))
        .map(troubleOf)
        .find((trouble) => trouble !== undefined),
  };
}
