/** Whose pods a Service sends requests to: pure, on the objects as a watch shows them. */
import type { V1Endpoint, V1EndpointSlice, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { EndpointCount } from '../../domain/track.ts';
import { hasEnded } from './observe-pod.ts';

/** Of one address family; a dual-stack Service has two, which change one after the other. */
export interface FamilyCount {
  readonly counts: readonly EndpointCount[];
  /** Ready addresses that are nobody's pods, or of pods that are going, not known yet or without a port. */
  readonly others: readonly string[];
}

export interface EndpointObjects {
  readonly slices: readonly V1EndpointSlice[];
  readonly pods: readonly V1Pod[];
  readonly replicaSets: readonly V1ReplicaSet[];
}

/** One entry for each address family that has a slice. */
export function countEndpoints({ slices, pods, replicaSets }: EndpointObjects): readonly FamilyCount[] {
  const deployments = new Map(replicaSets.map((each) => [each.metadata?.uid ?? '', deploymentOf(each)]));
  const owners = new Map(pods.map((pod) => [pod.metadata?.uid ?? '', ownerOf(pod, deployments)]));
  const ports = [...new Set(slices.flatMap(portNames))];
  const families = [...new Set(slices.map(({ addressType }) => addressType))];
  return families.map((family) => {
    const ready = slices
      .filter(({ addressType }) => addressType === family)
      .flatMap((slice) => (slice.endpoints ?? []).map((endpoint) => reached(endpoint, missing(slice, ports))))
      .filter(isReady);
    // While slices are balanced, an address may be in two of them.
    const distinct = [...new Map(ready.map((endpoint) => [identityOf(endpoint), endpoint])).values()];
    return countFamily(distinct, owners);
  });
}

interface ReachedEndpoint extends V1Endpoint {
  /** Ports that other pods of the Service have. */
  readonly without: readonly string[];
}

function reached(endpoint: V1Endpoint, without: readonly string[]): ReachedEndpoint {
  return { ...endpoint, without };
}

/** Pods that lack a Service's named port stand in a slice of their own, ready, and get nothing on that port. */
function missing(slice: V1EndpointSlice, ports: readonly string[]): readonly string[] {
  const own = portNames(slice);
  return ports.filter((name) => !own.includes(name));
}

function portNames({ ports }: V1EndpointSlice): readonly string[] {
  return (ports ?? []).map(({ name }) => name ?? '');
}

function countFamily(endpoints: readonly ReachedEndpoint[], owners: Owners): FamilyCount {
  const counts = new Map<string, number>();
  const others: string[] = [];
  for (const endpoint of endpoints) {
    const owner = owners.get(endpoint.targetRef?.uid ?? '');
    if (owner === undefined || endpoint.without.length > 0) others.push(describe(endpoint));
    else counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  return { counts: [...counts].map(([deployment, ready]) => ({ deployment, ready })), others };
}

/** Name of the Deployment of a pod or of a ReplicaSet, by UID. */
type Owners = ReadonlyMap<string, string | undefined>;

/** Absent conditions mean yes; `serving` tells the truth where a Service publishes unready addresses. */
function isReady({ conditions }: V1Endpoint): boolean {
  const { ready, serving, terminating } = conditions ?? {};
  return ready !== false && serving !== false && terminating !== true;
}

function identityOf({ targetRef, addresses }: V1Endpoint): string {
  return targetRef?.uid ?? addresses.join(',');
}

function describe({ targetRef, addresses, without }: ReachedEndpoint): string {
  const name =
    targetRef === undefined ? addresses.join(', ') : `${targetRef.kind ?? ''} ${targetRef.name ?? ''}`;
  return without.length === 0 ? name : `${name} (not on port ${without.join(' and ')})`;
}

/** Name of the Deployment; a pod that is being deleted or has ended has left it, though its address may still be served. */
function ownerOf(pod: V1Pod, deployments: Owners): string | undefined {
  if (hasEnded(pod) || pod.metadata?.deletionTimestamp !== undefined) return undefined;
  const owner = pod.metadata?.ownerReferences?.find(({ controller }) => controller === true);
  return deployments.get(owner?.uid ?? '');
}

function deploymentOf({ metadata }: V1ReplicaSet): string | undefined {
  return metadata?.ownerReferences?.find(
    ({ controller, kind }) => controller === true && kind === 'Deployment',
  )?.name;
}
