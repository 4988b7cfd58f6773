/**
 * Analysis: whether a new version does as well as the old one, beside it, in the same window of time.
 * Symptoms first: error ratio, latency, restarts, error logs.
 */
import type { Evidence, Verdict } from './check.ts';

/** In `fairway.yaml`, per service; how two tracks are compared. */
export interface AnalysisSpec {
  /** Base URL of Prometheus' HTTP API; absent: only what the pods show (health, restarts, logs) is judged. */
  readonly prometheus?: string;
  readonly metrics: readonly MetricSpec[];
  /** Restarts of the new track's containers that are still a pass. */
  readonly maxRestarts: number;
  /** Error lines, over all pods of the new track in the window, that are still a pass. */
  readonly errorLogs?: { readonly pattern: string; readonly limit: number };
  readonly whenInconclusive: 'extend' | 'ask' | 'rollBack';
}

/**
 * Queries are PromQL with `{{namespace}}`, `{{service}}` (the Kubernetes Service), `{{deployment}}`, `{{pods}}` (a
 * regular expression of the track's pod names, after `=~`), `{{track}}` (the pods' label `fairway.dev/track`: empty
 * for the target's own) and `{{window}}` (for example `900s`). Where no series means none, write `or vector(0)`.
 */
export type MetricSpec =
  | {
      readonly kind: 'ratio';
      readonly name: string;
      /** Count of failed events in the window. */
      readonly failed: string;
      /** Count of all events in the window. */
      readonly total: string;
      /** Absolute limit (0.01 = 1 %); above it fails, whatever stable does. */
      readonly limit?: number;
      /** How much worse than stable may be (0.25 = 25 %), on top of what chance explains. */
      readonly tolerance: number;
      /** Fewer events than this on the new track: inconclusive. */
      readonly minimumEvents: number;
      readonly critical: boolean;
    }
  | {
      readonly kind: 'distribution';
      readonly name: string;
      /** A range query; its samples over the window are compared, for example p95 latency in seconds. */
      readonly query: string;
      /** Which direction is worse. */
      readonly worse: 'higher' | 'lower';
      readonly limit?: number;
      readonly tolerance: number;
      /** Fewer samples than this on either side: inconclusive. */
      readonly minimumSamples: number;
      readonly critical: boolean;
    };

export interface MetricVerdict {
  readonly name: string;
  readonly verdict: Verdict;
  readonly critical: boolean;
  /** One line for people, for example `errors 12/240 (5 %) against 3/2200 (0.1 %) on stable`. */
  readonly summary: string;
}

export interface AnalysisReport {
  readonly verdict: Verdict;
  readonly summary: string;
  readonly metrics: readonly MetricVerdict[];
  readonly evidence: readonly Evidence[];
  /** Clearly bad: no use waiting for the end of the bake. */
  readonly stopNow: boolean;
}
