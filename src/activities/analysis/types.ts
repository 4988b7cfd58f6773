/** Comparison of two tracks. Runs on the target environment's task queue; changes nothing. */
import type { AnalysisReport, AnalysisSpec } from '../../domain/analysis.ts';
import type { Target } from '../../domain/target.ts';

export interface BakeInput {
  readonly target: Target;
  readonly spec: AnalysisSpec;
  /** Names of the Deployments whose pods are compared. */
  readonly stable: string;
  readonly candidate: string;
  /** How long to watch; ends earlier only when clearly bad. */
  readonly seconds: number;
}

export interface AnalysisActivities {
  /**
   * Watches for the whole bake and judges both tracks in the same window: one long, heartbeating
   * activity (heartbeat details: seconds left and the verdict so far). After a worker's death the
   * next attempt goes on with the same end, counted from when the activity was first scheduled.
   */
  bake(input: BakeInput): Promise<AnalysisReport>;
}
