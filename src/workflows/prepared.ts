/** The strategy of a release, with its plan made: what is left is to run it. */
import type { AnyPlan } from '../domain/plan-text.ts';
import { refuse } from '../domain/refusal.ts';
import { overridesProblem, type ReleaseRequest } from '../domain/release-request.ts';
import type { StandardDeploymentRequest } from '../domain/request.ts';
import type { StrategyName } from '../domain/target.ts';
import { blueGreen } from './blue-green-deployment.ts';
import { canary } from './canary-deployment.ts';
import type { Stage } from './conduct.ts';
import { refusedBy } from './pre-flight.ts';
import { standard } from './standard-deployment.ts';
import type { Strategy } from './strategy.ts';

export interface Prepared {
  readonly plan: AnyPlan;
  /** The plan as people read it. */
  readonly words: string;
  /** From the backup to the verification. */
  readonly run: () => Promise<void>;
}

export function stepsOf(strategy: StrategyName): readonly string[] {
  return { standard, canary, blueGreen }[strategy].steps;
}

/** Looks at the cluster and plans; refuses before any change. */
export async function prepare(
  strategy: StrategyName,
  request: ReleaseRequest,
  stage: Stage,
): Promise<Prepared> {
  const problem = overridesProblem(request, strategy);
  if (problem !== undefined) {
    const remedy = 'leave them out, or name the strategy that they are for';
    throw refusedBy(refuse('wrong-strategy', `the strategy here ${problem}`, remedy));
  }
  switch (strategy) {
    case 'standard':
      return prepareWith(standard, request, stage);
    case 'canary':
      return prepareWith(canary, { ...request, ...request.canary }, stage);
    case 'blueGreen':
      return prepareWith(blueGreen, { ...request, ...request.blueGreen }, stage);
  }
}

async function prepareWith<R extends StandardDeploymentRequest, P extends AnyPlan>(
  strategy: Strategy<R, P>,
  request: R,
  stage: Stage,
): Promise<Prepared> {
  const plan = await strategy.plan(request, stage);
  return { plan, words: strategy.words(plan), run: () => strategy.run(stage, plan) };
}
