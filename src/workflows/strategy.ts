/** A strategy: one way for a new version to take over. Run by its own workflow type, or as part of a release. */
import type { StandardDeploymentRequest } from '../domain/request.ts';
import type { StrategyName } from '../domain/target.ts';
import type { Stage } from './conduct.ts';
import type { BasePlan } from './pre-flight.ts';

export interface Strategy<R extends StandardDeploymentRequest, P extends BasePlan> {
  readonly name: StrategyName;
  /** Names of the steps after the backup, as far as they are known beforehand. */
  readonly steps: readonly string[];
  /** Looks at the cluster and decides everything; refuses before any change. */
  readonly plan: (request: R, stage: Stage) => Promise<P>;
  /** The plan as people read it. */
  readonly words: (plan: P) => string;
  /** From the backup to the verification. Each undo is registered before its do. */
  readonly run: (stage: Stage, plan: P) => Promise<void>;
}
