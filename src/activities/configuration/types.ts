/** Reads of `fairway.yaml`. Runs on the control task queue. */
import type { Target, TargetRef } from '../../domain/target.ts';

export interface ConfigurationActivities {
  /** Throws `UnknownTarget` with the names that exist. */
  resolveTarget(ref: TargetRef): Promise<Target>;
}
