/** The answer of a rollout wait. A wait ends as soon as the answer is known. */
import type { Evidence } from './check.ts';

export interface RolloutProgress {
  readonly desired: number;
  readonly updated: number;
  readonly available: number;
  /** Pods of older ReplicaSets that still exist. */
  readonly old: number;
}

export type RolloutResult =
  | { readonly outcome: 'complete'; readonly progress: RolloutProgress; readonly seconds: number }
  | {
      readonly outcome: 'failed';
      /** Name of the rule that decided, for example `crash-loop-back-off`. */
      readonly rule: string;
      readonly reason: string;
      readonly evidence: readonly Evidence[];
      readonly progress: RolloutProgress;
    }
  | {
      readonly outcome: 'timedOut';
      readonly reason: string;
      /** Name of the rule that explains best what was missing, where one does. */
      readonly rule?: string;
      readonly evidence: readonly Evidence[];
      readonly progress: RolloutProgress;
    }
  | {
      /** The Deployment's template is no longer the one this wait was asked about. */
      readonly outcome: 'changed';
      readonly reason: string;
      readonly progress: RolloutProgress;
    };
