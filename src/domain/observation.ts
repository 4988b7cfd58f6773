/**
 * What the cluster held when a release looked: the facts that a plan is made from and that a
 * rollback returns to. Small on purpose (it lives in the history): digests and names, no manifests.
 */

import type { Lack } from './pod-hygiene.ts';

export interface ObservedTarget {
  readonly deployment: ObservedDeployment;
  readonly service: ObservedService;
  readonly autoscaler?: ObservedAutoscaler;
  /** Present when the service has a `helm` part in its configuration and the release exists. */
  readonly helm?: ObservedHelmRelease;
  /** Present when pre-flight was asked about a track of its own. */
  readonly surroundings?: ObservedSurroundings;
}

/** What matters to a release that makes a second Deployment beside the target's own. */
export interface ObservedSurroundings {
  /** Pods of the present template; fewer than the replicas: an earlier rollout never ended. */
  readonly updatedReplicas: number;
  /** Everything that scales the Deployment; the HPA that KEDA keeps for its ScaledObject is not counted. */
  readonly autoscalers: readonly AutoscalerRef[];
  /** The strictest that covers the pods. */
  readonly disruptionBudget?: ObservedDisruptionBudget;
  /** How many more pods like the present ones fit into the namespace's quota; absent: no quota counts them. */
  readonly podRoom?: ObservedPodRoom;
  /** Deployments that a track of this target would be called, and that are there already. */
  readonly leftoverTracks: readonly string[];
}

export interface AutoscalerRef extends AutoscalerPause {
  readonly kind: 'HorizontalPodAutoscaler' | 'ScaledObject';
  readonly name: string;
}

export interface AutoscalerPause {
  /** What is set (fields, or annotations; null: not there) when no release holds it. */
  readonly settings?: Readonly<Record<string, string | number | null>>;
  /** Key of a release that paused it and did not let it go. */
  readonly heldBy?: string;
}

/** A number of pods, or a percentage such as `50%`. */
export interface ObservedDisruptionBudget {
  readonly name: string;
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
}

export interface ObservedPodRoom {
  readonly pods: number;
  /** The quota that ends first, and by what: `ResourceQuota small (requests.cpu)`. */
  readonly because: string;
}

export interface ObservedDeployment {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  /** `deployment.kubernetes.io/revision`. */
  readonly revision: string;
  /** ReplicaSet that holds the current pod template. */
  readonly replicaSet: string;
  /** `pod-template-hash` of that ReplicaSet. */
  readonly templateHash: string;
  readonly replicas: number;
  readonly availableReplicas: number;
  /** Image of the configured container, as the template writes it. */
  readonly image: string;
  readonly paused: boolean;
  /** Key of the release that paused it, while a Service is pinned to its pods. */
  readonly heldBy?: string;
  /** Its strategy ends all pods before new ones start. */
  readonly recreates?: true;
  /** Pods that its rolling update may take away before new ones are there; absent: none. */
  readonly unavailable?: number;
  /** What its template lacks so that no request is lost; absent: nothing. */
  readonly lacks?: readonly Lack[];
  readonly selector: Readonly<Record<string, string>>;
}

export interface ObservedService {
  readonly name: string;
  readonly selector: Readonly<Record<string, string>>;
}

export interface ObservedAutoscaler extends AutoscalerPause {
  readonly name: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

export type HelmStatus =
  | 'deployed'
  | 'failed'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback'
  | 'superseded'
  | 'uninstalling'
  | 'uninstalled'
  | 'unknown';

export interface ObservedHelmRelease {
  readonly name: string;
  readonly revision: number;
  readonly status: HelmStatus;
  /** The newest revision that is (or was) in force: what a rollback returns to. */
  readonly deployedRevision: number;
  /** `name-version`, for example `shop-1.2.0`. */
  readonly chart: string;
  /** ISO 8601, of the newest revision. */
  readonly updatedAt: string;
  /** Image tag in Helm's stored values, when they hold one. */
  readonly imageTag?: string;
  /** Image of the configured container in the stored manifest. */
  readonly manifestImage?: string;
  /** Replicas of the Deployment in the stored manifest; absent where the chart leaves them to an autoscaler. */
  readonly manifestReplicas?: number;
}

/** One reason why a release must not start. */
export interface Problem {
  /** Stable identifier for tests and documentation, for example `container-missing`. */
  readonly rule: string;
  /** What is wrong and where. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

export interface PreflightReport {
  readonly problems: readonly Problem[];
  /** Absent when the problems kept pre-flight from looking. */
  readonly observed?: ObservedTarget;
}
