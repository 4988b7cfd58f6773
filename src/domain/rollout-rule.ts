/** The shape of a rule that explains why a rollout does not finish. */
import type { Evidence } from './check.ts';
import type { RolloutObservation } from './rollout-observation.ts';

/**
 * - `fatal`: this rollout cannot finish; the wait ends.
 * - `grace`: may still pass by itself; fatal once a sighting's `until` is over.
 * - `throttled`: slower than wished, and still going.
 * - `infrastructure`: the cluster's doing, not the new version's; the controller replaces the pod.
 */
export type RuleEffect = 'fatal' | 'grace' | 'throttled' | 'infrastructure';

export interface RolloutRule {
  /** Stable identifier, shown to people and used by tests. */
  readonly name: string;
  readonly effect: RuleEffect;
  /** What it means, as the start of a sentence. */
  readonly meaning: string;
  look(observation: RolloutObservation): readonly Sighting[];
}

export interface Sighting extends Evidence {
  /** Name of the pod, where it is about one. */
  readonly pod?: string;
  /** Only for `grace`: when patience ends (milliseconds since 1970). */
  readonly until?: number;
}

/** A registry's hiccup (rate limit, DNS, a login that rotates) is usually over in two minutes. */
export const imagePullGraceSeconds = 120;
/** Node autoscalers bring a node within three minutes. */
export const unschedulableGraceSeconds = 180;
/** The quota's own bookkeeping lags behind deleted pods. */
export const quotaGraceSeconds = 10;
/** One container killed for memory can be chance; two are the version. */
export const outOfMemoryKills = 2;
