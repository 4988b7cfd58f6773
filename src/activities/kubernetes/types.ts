/** What workflows may ask of a cluster. Runs on the target environment's task queue. */
import type { BackupRef } from '../../domain/backup.ts';
import type { ObservedDeployment, ObservedTarget, PreflightReport } from '../../domain/observation.ts';
import type { DryRunResult } from '../../domain/plan-diff-text.ts';
import type { RolloutResult } from '../../domain/rollout-result.ts';
import type { Trouble } from '../../domain/rollout-trouble.ts';
import type { Target, UpdateMethod } from '../../domain/target.ts';
import type { EndpointCount, ReplicaPair, Track } from '../../domain/track.ts';

export type PreflightStrategy = 'standard' | 'canary' | 'blueGreen' | 'rollback';

export interface PreflightInput {
  readonly target: Target;
  /** Full image reference that the release will run; absent for a rollback, which brings nothing new. */
  readonly image?: string;
  /**
   * What is about to happen; default: `standard`. A canary and blue/green need more rights, and more is
   * observed for them: `surroundings`.
   */
  readonly strategy?: PreflightStrategy;
}

export interface BackUpTargetInput {
  readonly target: Target;
  /** Workflow ID + step: a repeated call finds its own backup again. */
  readonly key: string;
}

export interface SetImageInput {
  readonly target: Target;
  readonly image: string;
  /** What must run now, if not `image` already; anything else was set by somebody else. Absent: whatever it is. */
  readonly from?: string;
}

export interface RestartRolloutInput {
  readonly target: Target;
  /** Workflow ID + step: a repeated call finds its own restart. */
  readonly key: string;
}

export interface AwaitRolloutInput {
  readonly target: Target;
  /** The image that the container's template must hold; a different one ends the wait as `changed`. */
  readonly image: string;
  readonly timeoutSeconds: number;
  /** When the time begins, in milliseconds since 1970; absent: when the activity was first scheduled. */
  readonly startedAt?: number;
  /** It puts something back: its time begins anew whenever the cluster can be seen again. */
  readonly isReturn?: true;
  /** How long a pod may find no node; absent: as long as a node autoscaler takes to bring one. */
  readonly nodePatienceSeconds?: number;
}

/** A ReplicaSet of a Deployment, with the image to fall back to when it is gone. */
export type RevisionRef = Pick<ObservedDeployment, 'uid' | 'replicaSet' | 'revision' | 'image'>;

export interface RestoreRevisionInput {
  readonly target: Target;
  /** What the Deployment returns to: what `observeTarget` recorded, or another ReplicaSet of it. */
  readonly recorded: { readonly deployment: RevisionRef };
  /** The image that this run expects there: a template with neither this nor the recorded image is somebody else's. */
  readonly image: string;
  /** What is there is left because it did not do: "previous" will go past it. */
  readonly leaves?: boolean;
}

export type RestoreRevisionResult =
  | {
      readonly outcome: 'restored';
      readonly image: string;
      readonly revision: string;
      /** Paths in the template, besides the image, that differed from the recorded one; absent: none. */
      readonly replaced?: readonly string[];
    }
  | { readonly outcome: 'alreadyThere'; readonly image: string; readonly revision: string }
  /** A person changed the template during the release: theirs is left alone. */
  | { readonly outcome: 'leftAlone'; readonly image: string; readonly reason: string };

export interface CreateTrackInput {
  readonly target: Target;
  readonly track: Track;
  readonly image: string;
  readonly replicas: number;
  /** Workflow ID + step, kept on the Deployment: whose it is. */
  readonly key: string;
}

export interface TrackRef {
  /** Name of the track's Deployment. */
  readonly deployment: string;
  readonly uid: string;
  /** `pod-template-hash` of its pods. */
  readonly templateHash: string;
}

export interface ScaleDeploymentInput {
  readonly target: Target;
  /** Name of the Deployment: the target's own or a track's. */
  readonly deployment: string;
  readonly replicas: number;
}

export interface ExpectedEndpoints {
  /** Name of the Deployment. */
  readonly deployment: string;
  /** Absent: as many as it asks for when the wait begins. */
  readonly ready?: number;
}

export interface AwaitEndpointsInput {
  readonly target: Target;
  /** The Service must hold exactly this many ready pods of each, and no others. */
  readonly expected: readonly ExpectedEndpoints[];
  /** `any`: what else the Service holds does not matter yet. Default: `none`. */
  readonly others?: 'none' | 'any';
  readonly timeoutSeconds: number;
  /** When the time begins, in milliseconds since 1970; absent: when the activity was first scheduled. */
  readonly startedAt?: number;
  /** It puts something back: its time begins anew whenever the cluster can be seen again. */
  readonly isReturn?: true;
}

export type AwaitEndpointsResult =
  | { readonly outcome: 'proven'; readonly seconds: number }
  /** Pods that are waited for cannot come, by the same rules as in a rollout. */
  | ({ readonly outcome: 'failed'; readonly seen: readonly EndpointCount[] } & Trouble)
  | { readonly outcome: 'timedOut'; readonly reason: string; readonly seen: readonly EndpointCount[] };

export interface SwitchServiceInput {
  readonly target: Target;
  /** What the selector must be now; anything else was written by somebody else. */
  readonly from: Readonly<Record<string, string>>;
  readonly to: Readonly<Record<string, string>>;
  /** Not unless `to` selects a ready pod: somebody changed what is there. */
  readonly mustServe?: true;
  /** Before the switch: its pods are what `to` selects. */
  readonly hold?: HeldDeployment;
  /** After the switch. */
  readonly letGo?: string;
}

/** A Deployment that rolls nothing out while a Service is pinned to its pods. */
export interface HeldDeployment {
  /** Its name. */
  readonly deployment: string;
  /** `pod-template-hash` that its pods must have. */
  readonly templateHash: string;
  /** Workflow ID + step: who holds it. */
  readonly key: string;
}

export interface PauseAutoscalerInput {
  readonly target: Target;
  readonly replicas: number;
  /** Workflow ID + step: whoever pauses with it again gets what was recorded first. */
  readonly key: string;
  /** Pods that the autoscaler has added since are not taken away: it is held at what there is then. */
  readonly neverLower?: true;
}

export interface PausedAutoscaler {
  /** With `neverLower`: pods that the Deployment is held at. */
  readonly replicas?: number;
  readonly kind: 'HorizontalPodAutoscaler' | 'ScaledObject';
  readonly name: string;
  /** What was written to pause it; found changed, a person's wish wins and it is left alone. */
  readonly written: Readonly<Record<string, string | number>>;
  /** What it was before, to be put back exactly; null: the field or annotation was not there. */
  readonly recorded: Readonly<Record<string, string | number | null>>;
}

export interface DeleteTrackInput {
  readonly target: Target;
  readonly track: Track;
  /** How long pods are waited for that only end; default: 60. */
  readonly patienceSeconds?: number;
}

export interface DeletedTrack {
  readonly deleted: boolean;
  /** Pods that are still ending, without requests; absent: none. */
  readonly leaving?: number;
}

/** What a canary and a blue/green deployment need besides. */
export interface TrackActivities {
  /**
   * Makes the track's Deployment from the live pod template, with the image and the track's label, which
   * its selector holds too. Found with this key: it is that one. Found without: `ChangedByOther`.
   */
  createTrack(input: CreateTrackInput): Promise<TrackRef>;
  /** Sets the number of pods; does nothing when it is that already. */
  scaleDeployment(input: ScaleDeploymentInput): Promise<{ readonly changed: boolean }>;
  /** Watches the Service's EndpointSlices, and the pods that they lack. Heartbeats the counts. */
  awaitEndpoints(input: AwaitEndpointsInput): Promise<AwaitEndpointsResult>;
  /** Replaces the Service's selector in one patch, and only when it is `from` (or `to` already). Throws `ChangedByOther`. */
  switchService(input: SwitchServiceInput): Promise<{ readonly changed: boolean }>;
  /** Deletes a track's Deployment, never one without Fairway's marks, and waits until its pods are gone or only end. */
  deleteTrack(input: DeleteTrackInput): Promise<DeletedTrack>;
  /** Keeps the autoscaler (HPA, or KEDA's ScaledObject) from moving the replicas; `undefined` when there is none. */
  pauseAutoscaler(input: PauseAutoscalerInput): Promise<PausedAutoscaler | undefined>;
  /**
   * Puts the recorded settings back, unless somebody changed them meanwhile. Without `paused`, from the
   * record that the autoscaler carries: no record, nothing to do (`alreadyThere`).
   */
  restoreAutoscaler(input: {
    readonly target: Target;
    readonly paused?: PausedAutoscaler;
  }): Promise<{ readonly outcome: 'restored' | 'alreadyThere' | 'leftAlone' }>;
}

export interface ShiftTrafficInput {
  readonly target: Target;
  /** Images that the two Deployments' templates must hold; another one was written by somebody else. */
  readonly images: { readonly stable: string; readonly canary: string };
  /** Where the release left them; another number of stable pods that somebody else wrote ends it as `changed`. */
  readonly from?: ReplicaPair;
  /** Pods of the target's own Deployment and of the canary's that shall serve in the end. */
  readonly to: ReplicaPair;
  /** Pods that fit beyond those of `to`; absent: no quota counts them. */
  readonly room?: number;
  /** Key by which the release paused the autoscaler; it is pinned to each new number of stable pods. */
  readonly autoscalerKey?: string;
  /**
   * The canary failed: it leaves at once when stable alone still meets this many pods. A number of stable
   * pods that somebody else wrote is kept instead of that of `to`, and answered as `progress.desired`.
   */
  readonly withdraw?: { readonly minimum: number };
  readonly timeoutSeconds: number;
}

export interface TrafficActivities {
  /**
   * Surge first, wait until the new pods are ready endpoints of the Service, then drain, and prove that
   * the Service holds exactly the expected pods. Pods that no node takes give their room back, and what is
   * left moves in smaller rounds. Reads where it stands, so a repeated call goes on from
   * there. Heartbeats `RolloutProgress`. Answers as `awaitRollout` does.
   */
  shiftTraffic(input: ShiftTrafficInput): Promise<RolloutResult>;
}

export interface DryRunInput {
  readonly target: Target;
  /** Image that the release is going to bring. */
  readonly image: string;
  readonly method: UpdateMethod;
  /** The Deployment that a canary or blue/green makes beside the target's own. */
  readonly track?: { readonly track: Track; readonly replicas: number };
  /** What blue/green makes of the Service's selector before green is there. */
  readonly selector?: Readonly<Record<string, string>>;
}

export interface DryRunActivities {
  /**
   * Asks the API server, and helm, what they would make of a release's mutations, with `dryRun=All`: nothing
   * is stored. What they would refuse (quota, policy, the object itself) is answered all at once. No
   * secret's value is in the answer. Throws `NotFound`, `ClusterUnreachable`, `HelmFailed`, `HelmMissing`.
   */
  dryRun(input: DryRunInput): Promise<DryRunResult>;
}

export interface KubernetesActivities {
  /**
   * Looks at everything a release needs and changes nothing. Problems are returned all at once;
   * throws only `ClusterUnreachable`.
   */
  preflight(input: PreflightInput): Promise<PreflightReport>;
  /** Reads the target as it is now. Throws `NotFound`, `Forbidden`, `ClusterUnreachable`. */
  observeTarget(input: { readonly target: Target }): Promise<ObservedTarget>;
  /** Stores Deployment, Service, HPA, Helm revision and image in a ConfigMap; keeps the newest ten. */
  backUpTarget(input: BackUpTargetInput): Promise<BackupRef>;
  /** Sets the container's image in the Deployment's template. Does nothing when it is there already. Throws `ChangedByOther`. */
  setImage(input: SetImageInput): Promise<{ readonly changed: boolean; readonly revision: string }>;
  /** Makes new pods of the same template, for a version that is released again. */
  restartRollout(
    input: RestartRolloutInput,
  ): Promise<{ readonly changed: boolean; readonly revision: string }>;
  /** Watches until the rollout is complete or cannot complete. Heartbeats `RolloutProgress`. */
  awaitRollout(input: AwaitRolloutInput): Promise<RolloutResult>;
  /** Puts the recorded revision's pod template back (never blindly "undo"). */
  restoreRevision(input: RestoreRevisionInput): Promise<RestoreRevisionResult>;
}
