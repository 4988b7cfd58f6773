/** Comparison of two tracks. Runs on the target environment's task queue; changes nothing. */
import type { AnalysisReport, AnalysisSpec } from '../../domain/analysis.ts';
import type { Verdict } from '../../domain/check.ts';
import type { Target } from '../../domain/target.ts';

export interface BakeInput {
  readonly target: Target;
  readonly spec: AnalysisSpec;
  /** Names of the Deployments whose pods are compared. */
  readonly stable: string;
  readonly candidate: string;
  /** How long to watch; ends earlier only when clearly bad. */
  readonly seconds: number;
  /**
   * When the release began to change the target, in milliseconds since 1970: alerts from before it are told, and
   * fail nothing. Absent: the bake's own beginning.
   */
  readonly since?: number;
}

/** Heartbeat details. */
export interface BakeProgress {
  readonly secondsLeft: number;
  /** What the verdict would be now. */
  readonly verdict: Verdict;
  readonly summary: string;
}

export interface AnalysisActivities {
  /**
   * Watches for the whole bake and judges both tracks in the same window, asks the new one's pods the service's
   * HTTP checks, and looks at the service's alerts: one long, heartbeating
   * activity (heartbeat details: `BakeProgress`). After a worker's death the next attempt goes on
   * with the same end, counted from when the activity was first scheduled. The last look may take
   * up to a minute beyond it.
   */
  bake(input: BakeInput): Promise<AnalysisReport>;
}
