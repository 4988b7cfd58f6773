/** What workflows may ask of Helm. Runs on the target environment's task queue. */
import type { ObservedHelmRelease } from '../../domain/observation.ts';
import type { HelmRevisionFacts } from '../../domain/target-history.ts';
import type { Target } from '../../domain/target.ts';

export interface UpgradeHelmReleaseInput {
  readonly target: Target;
  /** Value for `imageTagValue`. */
  readonly tag: string;
  /** Workflow ID + step, written into the revision's description: a repeated call finds its own revision. */
  readonly key: string;
  /** Image that must run now, if not the new one already; anything else was set by somebody else. Absent: whatever it is. */
  readonly from?: string;
}

export interface RollBackHelmReleaseInput {
  readonly target: Target;
  /** Revision to return to. */
  readonly revision: number;
  /** Not stored: `helm rollback` has no place for it. */
  readonly key: string;
  /** Present when a change of this run is undone: what somebody else did meanwhile is left alone. Absent: whatever is there. */
  readonly undoes?: UndoneChange;
}

export interface UndoneChange {
  /** Newest revision of before: what is above it must be this run's. */
  readonly after: number;
  /** Workflow ID and first run, with which the keys of this run's upgrades begin. */
  readonly run: string;
  /** What this run rolled back to, when it is a rollback. */
  readonly rolledBackTo?: number;
  /** Pods that the Deployment asked for before. */
  readonly replicas: number;
}

export interface HelmRevision {
  readonly revision: number;
  readonly chart: string;
}

export interface RolledBackRevision extends HelmRevision {
  /** The wanted revision has fewer pods than ran: these were kept. */
  readonly held?: HeldReplicas;
}

export interface HeldReplicas {
  /** What runs, and what the new revision holds. */
  readonly kept: number;
  /** What the wanted revision would have set. */
  readonly insteadOf: number;
}

export interface HelmActivities {
  /**
   * `helm upgrade` with the release's values kept and `<imageTagValue>=<tag>` set. Without `--wait`
   * and `--atomic`: the rollout is watched, and undone, by the release. Recovers `pending-*` first.
   * A repeated call with the same key runs nothing. Throws `HelmFailed`, `HelmMissing`, `NotFound`,
   * `InvalidRequest`, `InvalidObject`, `Forbidden`, `Conflict`, `ClusterUnreachable`, `ChangedByOther`.
   */
  upgradeHelmRelease(input: UpgradeHelmReleaseInput): Promise<HelmRevision>;
  /**
   * `helm rollback` to a numbered revision; nothing to do when that revision, or helm's "Rollback
   * to" it, is the newest and deployed. Never takes pods away that were added since: see
   * `roll-back-holding.ts`. Throws as the upgrade does.
   */
  rollBackHelmRelease(input: RollBackHelmReleaseInput): Promise<RolledBackRevision>;
}

/** What a chart holds objects of. */
export interface ManifestKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What is read of Helm before a change; used by the Kubernetes activities, not by workflows. */
export interface HelmReader {
  /** `undefined` when there is no such release. */
  observeRelease(target: Target): Promise<ObservedHelmRelease | undefined>;
  /** What each stored revision holds, newest first; `undefined` when there is no such release. */
  listRevisions(target: Target): Promise<readonly HelmRevisionFacts[] | undefined>;
  /** Renders the chart as the upgrade would; answers what of it matters, or the error text when it does not render. */
  renderUpgrade(
    target: Target,
    tag: string,
  ): Promise<RenderedUpgrade | { readonly ok: false; readonly error: string }>;
}

export interface RenderedUpgrade {
  readonly ok: true;
  readonly kinds: readonly ManifestKind[];
  /** What the upgrade writes into the service's Deployment; absent when the chart does not hold it. */
  readonly deployment?: {
    /** Of the container; absent when there is none. */
    readonly image?: string;
    /** Absent where the chart leaves them to an autoscaler. */
    readonly replicas?: number;
  };
}

export type UpgradePreview =
  /** Manifests with every value in them: they must not leave the worker. */
  | { readonly outcome: 'rendered'; readonly deployed: string; readonly rendered: string }
  | { readonly outcome: 'refused'; readonly error: string }
  /** Another operation never ended; the upgrade recovers that first, and then only can be rendered. */
  | { readonly outcome: 'pending' };

/** What an upgrade would change of the release's manifest; used by the Kubernetes activities. */
export interface HelmPreviewer {
  previewUpgrade(target: Target, tag: string): Promise<UpgradePreview>;
}
