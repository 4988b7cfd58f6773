/**
 * What is released (a service) and where (an environment). A target is one service in one
 * environment: the unit of locking and of history. Resolved from `fairway.yaml` by the
 * control worker and recorded in the release's history, so a release never changes its mind
 * when the file does.
 */
import type { AlertsSpec } from './alerts.ts';
import type { AnalysisSpec } from './analysis.ts';
import type { ApprovalPolicy } from './approval.ts';
import type { CheckSpec, Reach } from './check.ts';
import type { ChecklistItem, CodeRepository } from './checklist.ts';
import type { IncidentPolicy } from './incident.ts';
import type { PagingPolicy } from './paging.ts';
import type { PromotionPolicy } from './promotion.ts';
import type { BlueGreenOptions, CanaryOptions } from './strategy-options.ts';
import type { WindowPolicy } from './window.ts';

export interface TargetRef {
  readonly service: string;
  readonly environment: string;
}

export interface Target {
  readonly service: ServiceSpec;
  readonly environment: EnvironmentSpec;
  /** Base URL of Temporal's UI as people reach it; absent: nobody is given links to runs. */
  readonly temporalUi?: string;
}

export type StrategyName = 'standard' | 'canary' | 'blueGreen';

/** Give up with the holder's name, wait in order of arrival, or ask the holder to abort and go next. */
export type WhenHeldPolicy = 'reject' | 'wait' | 'supersede';

/** How a new version reaches the Deployment: a patch of the container's image, or `helm upgrade`. */
export type UpdateMethod = 'image' | 'helm';

export interface ServiceSpec {
  /** The key in `fairway.yaml`, for example `shop`. */
  readonly name: string;
  /** The name that people read, for example `Shop`. */
  readonly displayName: string;
  /** Name of the Deployment. */
  readonly deployment: string;
  /** Name of the container, in the Deployment's pod template, that carries the version. */
  readonly container: string;
  /** Image repository without tag or digest, for example `shop/server`. */
  readonly image: string;
  /** Name of the Kubernetes Service that sends traffic to the Deployment's pods. */
  readonly kubernetesService: string;
  /** Absent: nobody knows where its source is. */
  readonly repository?: CodeRepository;
  readonly update: UpdateMethod;
  /** Present when the service is installed by Helm (also when `update` is `image`). */
  readonly helm?: HelmSpec;
  readonly verification: VerificationSpec;
  readonly timeouts: ServiceTimeouts;
  /** Absent: the defaults of `defaults.ts`. */
  readonly canary?: CanaryOptions;
  readonly blueGreen?: BlueGreenOptions;
  readonly analysis?: AnalysisSpec;
  /** Present when the service names its alerts and the environment its Alertmanager. */
  readonly alerts?: AlertsSpec;
}

export interface HelmSpec {
  /** Name of the Helm release. */
  readonly release: string;
  /** An absolute path, `oci://…`, or a chart name when `repository` is given. */
  readonly chart: string;
  /** URL of a chart repository. */
  readonly repository?: string;
  /** Logs in there; the password is the worker's. */
  readonly repositoryUser?: string;
  /** Chart version; the newest (or what the path holds) when absent. */
  readonly version?: string;
  /** Dotted path of the value that holds the image tag, for example `image.tag`. */
  readonly imageTagValue: string;
}

export interface VerificationSpec {
  readonly reach: Reach;
  readonly checks: readonly CheckSpec[];
}

/** All in seconds. */
export interface ServiceTimeouts {
  readonly helmSeconds: number;
  readonly rolloutSeconds: number;
  readonly verificationSeconds: number;
}

export interface EnvironmentSpec {
  /** The key in `fairway.yaml`, for example `staging`. */
  readonly name: string;
  /** kube context that reaches the cluster. */
  readonly cluster: string;
  readonly namespace: string;
  /** Task queue of the worker that holds this cluster's credentials. */
  readonly taskQueue: string;
  /** How a `release` goes here unless its request says otherwise. */
  readonly strategy: StrategyName;
  /** What a workflow does that finds the target held by another one. */
  readonly whenHeld: WhenHeldPolicy;
  readonly approval: ApprovalPolicy;
  /** Empty: nothing is asked for. */
  readonly checklist: readonly ChecklistItem[];
  /** Seconds that a release waits for its checklist. Absent: the default of `defaults.ts`. */
  readonly checklistExpirySeconds?: number;
  readonly promotion?: PromotionPolicy;
  /** Absent: open at all times. */
  readonly windows?: WindowPolicy;
  /** Absent: nothing is announced here. */
  readonly announcement?: AnnouncementSpec;
  /** Slack channel for outcomes (and announcements); absent: nothing is posted. */
  readonly slackChannel?: string;
  readonly paging?: PagingPolicy;
  readonly incidents?: IncidentPolicy;
}

export interface AnnouncementSpec {
  /** Seconds between the announcement and the start of the deployment. */
  readonly leadSeconds: number;
}
