import type { V1ContainerStatus, V1ObjectMeta, V1Pod } from '@kubernetes/client-node';
import type { ObservedContainer, ObservedReplicas, RuledPod } from '../../domain/check-observation.ts';
import { observePod as observeForRules } from '../kubernetes/observe-pod.ts';
import type { VerificationCluster } from './cluster.ts';
import { labelSelectorText } from './label-selector.ts';

export interface SeenTarget {
  readonly replicas: ObservedReplicas;
  /** Image of each container, as the Deployment's template writes it. */
  readonly images: Readonly<Record<string, string>>;
  /** All pods that the Deployment owns, also those that are on their way out. */
  readonly pods: readonly RuledPod[];
  /** API paths that watch the Deployment and the pods from this very state on. */
  readonly watches: readonly string[];
}

/**
 * Reads the Deployment and the pods that are its own: Deployment → ReplicaSets → pods by owner
 * reference. Labels only narrow the lists; another workload may carry the same ones.
 */
export async function observeTarget(
  cluster: VerificationCluster,
  { namespace, deployment: name }: { readonly namespace: string; readonly deployment: string },
): Promise<SeenTarget> {
  const deployment = await cluster.readDeployment(namespace, name);
  const selector = labelSelectorText(deployment.spec?.selector ?? {});
  // The ReplicaSets last: a pod is never seen without its owner then.
  const podList = await cluster.listPods(namespace, selector);
  const replicaSets = await cluster.listReplicaSets(namespace, selector);
  const owners = replicaSets
    .filter(({ metadata }) => isOwnedBy(metadata, deployment.metadata?.uid))
    .map(({ metadata }) => metadata?.uid);
  const { spec, status, metadata } = deployment;
  return {
    replicas: {
      deployment: name,
      generation: metadata?.generation ?? 0,
      observedGeneration: status?.observedGeneration ?? 0,
      desired: spec?.replicas ?? 1,
      total: status?.replicas ?? 0,
      updated: status?.updatedReplicas ?? 0,
      available: status?.availableReplicas ?? 0,
    },
    images: Object.fromEntries(
      (spec?.template.spec?.containers ?? []).map((container) => [container.name, container.image ?? '']),
    ),
    pods: podList.items.filter((pod) => owners.some((uid) => isOwnedBy(pod.metadata, uid))).map(observePod),
    watches: [
      watchPath(`/apis/apps/v1/namespaces/${namespace}/deployments`, metadata, {
        fieldSelector: `metadata.name=${name}`,
      }),
      watchPath(`/api/v1/namespaces/${namespace}/pods`, podList.metadata, { labelSelector: selector }),
    ],
  };
}

function watchPath(
  path: string,
  from: { readonly resourceVersion?: string } | undefined,
  selector: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams({
    ...selector,
    watch: 'true',
    resourceVersion: from?.resourceVersion ?? '',
  });
  return `${path}?${query.toString()}`;
}

function isOwnedBy(metadata: V1ObjectMeta | undefined, uid: string | undefined): boolean {
  return (metadata?.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === uid);
}

function observePod(pod: V1Pod): RuledPod {
  const { metadata, spec, status } = pod;
  return {
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    phase: status?.phase ?? 'Unknown',
    ...(status?.reason === undefined ? {} : { phaseReason: status.reason }),
    terminating: metadata?.deletionTimestamp !== undefined,
    ready: (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    forRules: observeForRules(pod),
    containers: (spec?.containers ?? []).map((container): ObservedContainer => {
      const seen = status?.containerStatuses?.find((candidate) => candidate.name === container.name);
      return { name: container.name, image: container.image ?? '', ...containerState(seen) };
    }),
  };
}

function containerState(seen: V1ContainerStatus | undefined): Omit<ObservedContainer, 'name' | 'image'> {
  const reason = seen?.state?.waiting?.reason ?? seen?.state?.terminated?.reason;
  return {
    running: seen?.state?.running !== undefined,
    restarts: seen?.restartCount ?? 0,
    ...(seen?.imageID === undefined || seen.imageID === '' ? {} : { imageId: seen.imageID }),
    ...(reason === undefined ? {} : { reason }),
  };
}
