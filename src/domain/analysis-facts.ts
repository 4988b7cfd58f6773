/** What a look at both tracks found: the facts that an analysis rests on. */
import type { AlertsObservation } from './alerts.ts';
import type { MetricSpec } from './analysis.ts';
import type { HttpObservation, LogObservation, RuledPod } from './check-observation.ts';
import type { Evidence, HttpCheck, Verdict } from './check.ts';
import type { Counts } from './proportions.ts';

export type RatioSpec = Extract<MetricSpec, { kind: 'ratio' }>;
export type DistributionSpec = Extract<MetricSpec, { kind: 'distribution' }>;

export type Measured<T> =
  | { readonly state: 'measured'; readonly value: T }
  /** The provider answered, and has nothing. */
  | { readonly state: 'empty'; readonly reason: string }
  /** The provider is down, refused, or answered something that cannot be used. */
  | { readonly state: 'unknown'; readonly reason: string };

export interface RatioFacts {
  readonly kind: 'ratio';
  readonly spec: RatioSpec;
  readonly candidate: Measured<Counts>;
  readonly stable: Measured<Counts>;
}

export interface DistributionFacts {
  readonly kind: 'distribution';
  readonly spec: DistributionSpec;
  readonly candidate: Measured<readonly number[]>;
  readonly stable: Measured<readonly number[]>;
  /** How many neighbouring samples share their data, as each looks back over several steps; at least 1. */
  readonly overlap: number;
}

/** One metric on both tracks, in the same window. */
export type MetricFacts = RatioFacts | DistributionFacts;

/** The new track's own pods: those that its Deployment owns. */
export type PodFacts =
  | {
      readonly state: 'seen';
      /** Milliseconds since 1970. */
      readonly at: number;
      readonly desired: number;
      readonly pods: readonly RuledPod[];
      /** Of all containers of all its pods, also of pods that have gone since. */
      readonly restarts: number;
      /** By pod name, the seconds since it was first seen not ready without a break. */
      readonly unreadySeconds: Readonly<Record<string, number>>;
      /** Absent: no pattern is configured. */
      readonly logs?: readonly LogObservation[];
    }
  | { readonly state: 'unknown'; readonly reason: string };

export interface AlertFacts {
  readonly seen: AlertsObservation;
  /** Milliseconds since 1970: what began before is not the new version's. */
  readonly since: number;
}

/** One of the service's HTTP checks, asked of the new track's ready pods. */
export interface CheckFacts {
  readonly spec: HttpCheck;
  readonly seen:
    | { readonly state: 'asked'; readonly answers: readonly HttpObservation[] }
    | { readonly state: 'unknown'; readonly reason: string };
}

export interface AnalysisFacts {
  readonly metrics: readonly MetricFacts[];
  readonly pods: PodFacts;
  /** Absent: the target names no alerts. */
  readonly alerts?: AlertFacts;
  readonly checks?: readonly CheckFacts[];
}

/** A verdict in the making. */
export interface Finding {
  readonly name: string;
  readonly verdict: Verdict;
  readonly critical: boolean;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  /** Failed so clearly that more data will not change it. */
  readonly clear: boolean;
}
