/** One state of a target, as far as the invariants of releases go. */
import type {
  KubernetesObject,
  V1Deployment,
  V1EndpointSlice,
  V1Pod,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { deployment } from './case.ts';

export interface Moment {
  /** Milliseconds since 1970, by this process. */
  readonly at: number;
  /** Names of the pods that the Service's EndpointSlices hold as ready. */
  readonly serving: readonly string[];
  /** Names of the ready pods, none of them about to end, that the Service's selector selects. */
  readonly available: readonly string[];
  /** By name of the Deployment; one that is being deleted is no more. */
  readonly deployments: Readonly<Record<string, AskedFor>>;
  readonly selector: Readonly<Record<string, string>>;
  /** An autoscaler is kept from moving the replicas. */
  readonly held: boolean;
}

interface AskedFor {
  readonly replicas: number;
  readonly image: string;
  /** All of them are available, of the present template, and there are no others. */
  readonly settled: boolean;
}

/** What is known of a namespace, by name. */
export interface Place {
  readonly deployments: ReadonlyMap<string, V1Deployment>;
  readonly pods: ReadonlyMap<string, V1Pod>;
  readonly services: ReadonlyMap<string, V1Service>;
  readonly slices: ReadonlyMap<string, V1EndpointSlice>;
  readonly autoscalers: ReadonlyMap<string, V2HorizontalPodAutoscaler>;
  readonly scaledObjects: ReadonlyMap<string, KubernetesObject>;
}

export function stateOf(place: Place, at: number): Moment {
  const selector = place.services.get(deployment)?.spec?.selector ?? {};
  return {
    at,
    serving: servingOf(place),
    available: [...place.pods.values()]
      .filter((pod) => isReady(pod) && isSelected(pod, selector))
      .map(nameOf)
      .sort(),
    deployments: Object.fromEntries(
      [...place.deployments]
        .filter(([, { metadata }]) => metadata?.deletionTimestamp === undefined)
        .map(([name, each]) => [name, askedFor(each)]),
    ),
    selector,
    held:
      [...place.autoscalers.values()].some(({ spec }) => spec?.minReplicas === spec?.maxReplicas) ||
      [...place.scaledObjects.values()].some(
        ({ metadata }) => metadata?.annotations?.['autoscaling.keda.sh/paused'] === 'true',
      ),
  };
}

function servingOf({ slices }: Place): readonly string[] {
  return [...slices.values()]
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready === true)
    .map(({ targetRef }) => targetRef?.name ?? '')
    .sort();
}

function askedFor({ metadata, spec, status }: V1Deployment): AskedFor {
  const replicas = spec?.replicas ?? 1;
  const counts = [status?.replicas, status?.updatedReplicas, status?.availableReplicas];
  const seen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  return {
    replicas,
    image: spec?.template.spec?.containers[0]?.image ?? '',
    settled: seen && counts.every((count = 0) => count === replicas),
  };
}

function isReady({ metadata, status }: V1Pod): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  return ready && metadata?.deletionTimestamp === undefined;
}

function isSelected({ metadata }: V1Pod, selector: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => metadata?.labels?.[key] === value);
}

function nameOf({ metadata }: KubernetesObject): string {
  return metadata?.name ?? '';
}
