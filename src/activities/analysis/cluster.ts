/** What an analysis needs of a cluster: the pods that a Deployment owns, and their logs. */
import type { LogObservation, ObservedPod } from '../../domain/check-observation.ts';

export interface AnalysisCluster {
  /** The Deployment's own pods, by owner references. Rejects when it is not there. */
  observePods(at: DeploymentAddress): Promise<OwnPods>;
  /** Counts the lines that match in each pod's log; one that cannot be read is an observation too. */
  readLogs(wish: LogWish, signal: AbortSignal): Promise<readonly LogObservation[]>;
}

export interface DeploymentAddress {
  readonly namespace: string;
  readonly deployment: string;
}

export interface OwnPods {
  readonly desired: number;
  readonly pods: readonly ObservedPod[];
}

export interface LogWish {
  readonly namespace: string;
  readonly pods: readonly string[];
  readonly container: string;
  /** Regular expression, case-insensitive, matched line by line. */
  readonly pattern: string;
  readonly windowSeconds: number;
}
