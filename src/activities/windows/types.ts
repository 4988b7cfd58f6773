/** Questions about change windows. Runs on the control task queue. */
import type { TargetRef } from '../../domain/target.ts';
import type { WindowState } from '../../domain/window.ts';

export interface WindowActivities {
  /**
   * Whether a release may go now, by what the worker's `fairway.yaml` says today: a freeze that was added
   * while a release runs counts. Throws `UnknownTarget` for an environment that the file no longer has.
   */
  lookAtWindows(ref: TargetRef): Promise<WindowState>;
}
