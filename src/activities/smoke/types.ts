/** Smoke tests against a Deployment that gets no traffic yet. Runs on the target environment's task queue. */
import type { CheckResult } from '../../domain/check.ts';
import type { SmokeTest } from '../../domain/strategy-options.ts';
import type { Target } from '../../domain/target.ts';

export interface RunSmokeTestInput {
  readonly target: Target;
  /** Name of the Deployment whose pods are tested. */
  readonly deployment: string;
  readonly test: SmokeTest;
  /** Workflow ID + step: names the Job, so that a repeated call finds its own. */
  readonly key: string;
}

export interface SmokeActivities {
  /** A verdict with the last lines of output as evidence. Leaves nothing behind. */
  runSmokeTest(input: RunSmokeTestInput): Promise<CheckResult>;
}
