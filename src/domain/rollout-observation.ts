/** What a rollout looks like at one moment, reduced to what its judgement needs. Times are milliseconds since 1970. */

export interface RolloutObservation {
  /** The image that the configured container's template must hold. */
  readonly expectedImage: string;
  /** Absent when it was deleted. */
  readonly deployment?: DeploymentObservation;
  /** The ReplicaSet of the current template; absent until the controller made it. */
  readonly newest?: ReplicaSetObservation;
  /** Pods of the newest ReplicaSet: the only ones that can fail a rollout. */
  readonly pods: readonly PodObservation[];
  readonly oldPods: { readonly live: number; readonly terminating: number };
  /** How long a pod may find no node; absent: as long as a node autoscaler takes to bring one. */
  readonly nodePatienceSeconds?: number;
}

export interface DeploymentObservation {
  readonly name: string;
  readonly generation: number;
  readonly observedGeneration: number;
  /** `spec.replicas`. */
  readonly desired: number;
  /** `status.replicas`: pods of every ReplicaSet. */
  readonly total: number;
  readonly updated: number;
  readonly available: number;
  /** Pods that may be missing during the rollout, as a count. */
  readonly maxUnavailable: number;
  /** By somebody else than a release under way. */
  readonly paused: boolean;
  /** Image of the configured container; absent when the template has no such container. */
  readonly image?: string;
  readonly progressing?: ConditionObservation;
}

export interface ReplicaSetObservation {
  readonly name: string;
  /** The `ReplicaFailure` condition, while it is true. */
  readonly failure?: ConditionObservation;
}

export interface ConditionObservation {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  /** Last transition. */
  readonly since: number;
}

export interface PodObservation {
  readonly name: string;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  /** `status.reason`, for example `Evicted`. */
  readonly reason?: string;
  readonly message?: string;
  readonly createdAt: number;
  readonly terminating: boolean;
  readonly scheduled?: ConditionObservation;
  readonly ready?: ConditionObservation;
  /** The `DisruptionTarget` condition, while it is true: preempted, evicted, or its node is going. */
  readonly disrupted?: ConditionObservation;
  readonly containers: readonly ContainerObservation[];
}

export interface ContainerObservation {
  readonly name: string;
  /** Runs before those that follow it in the list; absent on containers that run side by side. */
  readonly isInit?: true;
  readonly ready: boolean;
  readonly restarts: number;
  readonly waiting?: { readonly reason: string; readonly message: string };
  readonly running?: { readonly startedAt: number };
  readonly terminated?: Termination;
  /** How it ended the time before. */
  readonly lastTermination?: Termination;
  readonly readiness?: ProbeTiming;
  readonly startup?: ProbeTiming;
}

export interface Termination {
  readonly reason: string;
  readonly exitCode: number;
  readonly message: string;
  readonly finishedAt?: number;
}

/** The timing fields of a probe, in seconds; `failureThreshold` is a count. */
export interface ProbeTiming {
  readonly initialDelaySeconds: number;
  readonly timeoutSeconds: number;
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}
