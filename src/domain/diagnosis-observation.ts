/** What a diagnosis sees of a target and of what is around it: the facts of the rollout's own judgement, and more. */
import type { ReleaseFailure } from './diagnosis-failure.ts';
import type { RolloutObservation } from './rollout-observation.ts';

/** A part of the picture that may be missing without harm. */
export type Seen<T> =
  { readonly state: 'seen'; readonly value: T } | { readonly state: 'unseen'; readonly reason: string };

/** One Deployment and what is around it, reduced to what the rules need. Times are milliseconds since 1970. */
export interface DiagnosisObservation {
  readonly at: number;
  readonly namespace: string;
  /** Name of the Deployment. */
  readonly deployment: string;
  readonly rollout: RolloutObservation;
  /** Whether the Deployment is there; `unseen`: it could not be read, and `gaps` says why. */
  readonly deploymentState: 'present' | 'missing' | 'unseen';
  /** Absent unless the Deployment is there. */
  readonly workload?: WorkloadFacts;
  /** Where every pod of the Deployment is, those of older ReplicaSets too. */
  readonly places: readonly PodPlace[];
  /** What the cluster says about the target's own objects, newest first. */
  readonly events: Seen<readonly EventFact[]>;
  /** The end of the logs of containers that are not well, redacted. */
  readonly logs: readonly LogFact[];
  readonly nodes: Seen<readonly NodeFact[]>;
  readonly quotas: Seen<readonly QuotaFact[]>;
  readonly budgets: Seen<readonly BudgetFact[]>;
  readonly claims: Seen<readonly ClaimFact[]>;
  /** What the template needs and the namespace has not. */
  readonly missing: Seen<readonly MissingReference[]>;
  /** What the metrics API says; many clusters have none. */
  readonly usage: Seen<readonly UsageFact[]>;
  /** Absent where the metrics API was not there for the containers. */
  readonly nodeUsage?: Seen<readonly NodeUsageFact[]>;
  /** Absent for a Deployment that no Service is to send to yet. */
  readonly service?: Seen<ServiceFact>;
  /** What the probes' endpoints answer when they are asked directly, and their neighbours where they do not. */
  readonly answers: readonly ProbeAnswer[];
  /** The service's own required checks that pods fail though they are ready; absent where none were asked. */
  readonly checks?: Seen<readonly CheckFact[]>;
  /** Name of the container that carries the version. */
  readonly container?: string;
  /** What the release failed by; absent where somebody only asks how it is. */
  readonly failure?: ReleaseFailure;
  /** What else could not be looked at, and why. */
  readonly gaps: readonly string[];
}

export interface WorkloadFacts {
  readonly replicas: number;
  /** As counts. */
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  readonly strategy: 'RollingUpdate' | 'Recreate';
  readonly minReadySeconds: number;
  readonly progressDeadlineSeconds: number;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly hasAffinity: boolean;
  readonly tolerations?: readonly TolerationFact[];
  readonly serviceAccount: string;
  readonly scheduler: string;
  /** Names of PersistentVolumeClaims. */
  readonly claims: readonly string[];
  /** Names of the Secrets that images are pulled with. */
  readonly pullSecrets: readonly string[];
  readonly containers: readonly ContainerFacts[];
}

/** As the template says it; what is absent tolerates each. */
export interface TolerationFact {
  readonly key?: string;
  /** Default: `Equal`. */
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  readonly isInit: boolean;
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
  /** Container ports by name; unnamed ones by their number. */
  readonly ports: Readonly<Record<string, number>>;
  readonly probes: readonly ProbeFacts[];
}

export interface ProbeFacts {
  readonly kind: ProbeKind;
  /** As `kubectl describe` words it, for example `http-get :8000/ready delay=5s timeout=1s period=10s #failure=3`. */
  readonly words: string;
  readonly timeoutSeconds: number;
  /** Absent for a command. `number` is absent when the container has no port of the written name. */
  readonly port?: { readonly written: string; readonly number?: number };
  readonly http?: { readonly path: string; readonly scheme: 'HTTP' | 'HTTPS' };
}

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

export interface PodPlace {
  readonly pod: string;
  /** Absent until a scheduler chose one. */
  readonly node?: string;
  /** Of the newest ReplicaSet. */
  readonly current: boolean;
  /** Present while it ends. */
  readonly ending?: {
    readonly since: number;
    readonly graceSeconds: number;
    readonly finalizers: readonly string[];
  };
}

export interface EventFact {
  /** For example `Pod shop-server-7d4-x2`. */
  readonly object: string;
  readonly reason: string;
  /** Redacted. */
  readonly message: string;
  readonly count: number;
  readonly lastAt: number;
}

export interface LogFact {
  readonly pod: string;
  readonly container: string;
  /** Of the container before the last restart. */
  readonly previous: boolean;
  /** Newest last. */
  readonly lines: readonly string[];
}

export interface NodeFact {
  readonly name: string;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  /** Conditions that press: `MemoryPressure`, `DiskPressure`, `PIDPressure`, `NetworkUnavailable`. */
  readonly pressures: readonly string[];
  /** `key=value:Effect`, only those that keep pods away. */
  readonly taints: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Quantities as Kubernetes writes them. */
  readonly allocatable: Readonly<Record<string, string>>;
}

export interface QuotaFact {
  readonly name: string;
  readonly resource: string;
  readonly used: string;
  readonly hard: string;
}

export interface BudgetFact {
  readonly name: string;
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
}

export interface ClaimFact {
  readonly name: string;
  /** `Missing`: the template names one that is not there. */
  readonly phase: 'Pending' | 'Bound' | 'Lost' | 'Missing';
  readonly storageClass?: string;
}

export interface MissingReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
}

/** What one container of a pod uses now. */
export interface UsageFact {
  readonly pod: string;
  readonly container: string;
  readonly cpu: string;
  readonly memory: string;
}

export interface NodeUsageFact {
  readonly node: string;
  readonly cpu: string;
  readonly memory: string;
}

export interface ServiceFact {
  readonly name: string;
  readonly exists: boolean;
  /** As `key=value,…`; empty when it has none. */
  readonly selector: string;
  /** Whether the template's labels meet the selector. */
  readonly selectsPods: boolean;
  readonly readyEndpoints: number;
  /** Ports whose `targetPort` no container has, as written: `80 → web`. */
  readonly unknownTargetPorts: readonly string[];
}

export interface CheckFact {
  readonly name: string;
  /** For example `GET :8000/health`. */
  readonly asked: string;
  /** Ready pods that were asked. */
  readonly pods: number;
  /** Present where there are more ready pods than were asked. */
  readonly ready?: number;
  /** Those whose answer was not as it should be. */
  readonly failed: readonly { readonly pod: string; readonly detail: string }[];
}

export interface ProbeAnswer {
  readonly pod: string;
  readonly container: string;
  readonly probe: ProbeKind;
  readonly port: number;
  readonly path: string;
  /**
   * `neighbour`: another port or path than the probe's, asked because the probe's own did not do. `plain`: by HTTP
   * where the probe speaks HTTPS.
   */
  readonly asked: 'probe' | 'neighbour' | 'plain';
  /** Absent when nothing answered. */
  readonly status?: number;
  /** An excerpt of the body, or why nothing answered; redacted. */
  readonly detail: string;
  readonly milliseconds: number;
}
