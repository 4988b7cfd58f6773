/** What workflows may ask of a cluster. Runs on the target environment's task queue. */
import type { BackupRef } from '../../domain/backup.ts';
import type { ObservedTarget, PreflightReport } from '../../domain/observation.ts';
import type { RolloutResult } from '../../domain/rollout-result.ts';
import type { Target } from '../../domain/target.ts';

export interface PreflightInput {
  readonly target: Target;
  /** Full image reference that the release will run. */
  readonly image: string;
}

export interface BackUpTargetInput {
  readonly target: Target;
  /** Workflow ID + step: a repeated call finds its own backup again. */
  readonly key: string;
}

export interface SetImageInput {
  readonly target: Target;
  readonly image: string;
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
}

export interface RestoreRevisionInput {
  readonly target: Target;
  /** What `observeTarget` recorded before the release's first mutation. */
  readonly recorded: ObservedTarget;
  /** The release's own image: a template with neither this nor the recorded image is somebody else's. */
  readonly image: string;
}

export type RestoreRevisionResult =
  | { readonly outcome: 'restored'; readonly image: string; readonly revision: string }
  | { readonly outcome: 'alreadyThere'; readonly image: string; readonly revision: string }
  /** A person changed the template during the release: theirs is left alone. */
  | { readonly outcome: 'leftAlone'; readonly image: string; readonly reason: string };

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
  /** Sets the container's image in the Deployment's template. Does nothing when it is there already. */
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
