/** Why a target is not well. Runs on the target environment's task queue; changes nothing. */
import type { ReleaseFailure } from '../../domain/diagnosis-failure.ts';
import type { DiagnosisReport } from '../../domain/diagnosis.ts';
import type { Target } from '../../domain/target.ts';

export interface DiagnoseInput {
  readonly target: Target;
  /** Name of the Deployment that is not well: the target's own, or a track's. Default: the target's own. */
  readonly deployment?: string;
  /** The image that is being rolled out; whatever the template says when absent. */
  readonly image?: string;
  /** What a release failed by; absent where somebody only asks how it is. */
  readonly failure?: ReleaseFailure;
  /** Seconds after which it answers with what it has seen by then. */
  readonly seconds: number;
}

export interface DiagnosisActivities {
  /**
   * Never later than `seconds`: evidence goes when the release is put back. What cannot be looked at (a right is
   * missing, no metrics API, a part of the cluster is slow) is `unseen` in the report; throws `ClusterUnreachable`
   * only when nothing at all could be seen.
   */
  diagnose(input: DiagnoseInput): Promise<DiagnosisReport>;
}
