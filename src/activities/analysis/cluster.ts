/** What an analysis needs of a cluster: the pods that a Deployment owns, their answers and their logs. */
import type { HttpObservation, LogObservation, RuledPod } from '../../domain/check-observation.ts';
import type { HttpCheck } from '../../domain/check.ts';
import type { Target } from '../../domain/target.ts';

export interface AnalysisCluster {
  /** The Deployment's own pods, by owner references. Rejects when it is not there. */
  observePods(at: DeploymentAddress): Promise<OwnPods>;
  /** Counts the lines that match in each pod's log; one that cannot be read is an observation too. */
  readLogs(wish: LogWish, signal: AbortSignal): Promise<readonly LogObservation[]>;
  /** Asks each of the Deployment's own ready pods; one that does not answer is an observation too. */
  askPods(wish: AskWish, signal: AbortSignal): Promise<readonly HttpObservation[]>;
}

export interface DeploymentAddress {
  readonly namespace: string;
  readonly deployment: string;
}

export interface OwnPods {
  readonly desired: number;
  readonly pods: readonly RuledPod[];
}

export interface LogWish {
  readonly namespace: string;
  readonly pods: readonly string[];
  readonly container: string;
  /** Regular expression, case-insensitive, matched line by line. */
  readonly pattern: string;
  readonly windowSeconds: number;
}

export interface AskWish {
  readonly target: Target;
  readonly deployment: string;
  readonly check: HttpCheck;
  /** Pods that do not answer are asked again, with pauses. */
  readonly patient: boolean;
}
