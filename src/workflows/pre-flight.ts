/** Pre-flight and plan: what is in the way is said all at once, and nothing is changed. */
import type { PreflightStrategy } from '../activities/kubernetes/types.ts';
import { heldNote } from '../domain/autoscaler-pause.ts';
import type { ObservedTarget, Problem } from '../domain/observation.ts';
import { failureTypes } from '../domain/failures.ts';
import { withTag } from '../domain/image.ts';
import type { Refusal, Unchanged } from '../domain/refusal.ts';
import type { Target, UpdateMethod } from '../domain/target.ts';
import { autoscalerOf } from '../domain/track-plan.ts';
import { versionOf } from '../domain/version-of.ts';
import type { Stage } from './conduct.ts';
import { failure } from './failure.ts';
import { NothingToDo } from './nothing-to-do.ts';
import type { Progress } from './progress.ts';

/** What every strategy's plan holds. */
export interface BasePlan {
  readonly from: string;
  readonly to: string;
  readonly method: UpdateMethod;
  readonly recorded: ObservedTarget;
  /** What a rollback goes back to in Helm. */
  readonly helmRevision?: number;
}

export type PlanDecision<P extends BasePlan> =
  { readonly decision: 'go'; readonly plan: P } | Unchanged | Refusal;

export async function preFlight<P extends BasePlan>(
  { target, cluster, progress }: Stage,
  version: string,
  strategy: PreflightStrategy,
  decide: (observed: ObservedTarget) => PlanDecision<P>,
): Promise<P> {
  const image = withTag(target.service.image, version);
  const decided = await progress.step(
    'Pre-flight',
    async () => {
      const { problems, observed } = await cluster.look.preflight.executeWithOptions(
        { summary: `May ${image} go to ${target.environment.name}?` },
        [{ target, image, strategy }],
      );
      if (observed === undefined || problems.length > 0) {
        throw refused(problemWords(problems));
      }
      const decision = decide(observed);
      if (decision.decision === 'refuse') {
        throw refusedBy(decision);
      }
      if (decision.decision === 'unchanged') return decision;
      const { from, to, recorded } = decision.plan;
      noteHeldAutoscaler(target, progress, recorded);
      progress.set({ from, to, replicas: recorded.deployment.replicas });
      return decision;
    },
    { next: 'announce and back up', done: decisionWords },
  );
  if (decided.decision === 'unchanged') throw new NothingToDo(decided.reason);
  return decided.plan;
}

/** Once for each release, however often the cluster is looked at. */
function noteHeldAutoscaler({ environment }: Target, progress: Progress, observed: ObservedTarget): void {
  const autoscaler = autoscalerOf(observed);
  const note = autoscaler && heldNote(autoscaler, environment.namespace);
  if (note !== undefined) progress.note(note);
}

function decisionWords<P extends BasePlan>(decision: Exclude<PlanDecision<P>, Refusal>): string {
  if (decision.decision === 'unchanged') return decision.reason;
  const { from, to, method } = decision.plan;
  return `${versionOf(from)} → ${versionOf(to)} by ${method}`;
}

export function refused(why: string) {
  return failure(failureTypes.refused, `Refused before any change. ${why}`);
}

/** The failure for a decision that refuses. */
export function refusedBy({ reason, rule, remedy }: Omit<Refusal, 'decision'>) {
  return refused(`${reason} (${rule}): ${remedy}.`);
}

export function problemWords(problems: readonly Problem[]): string {
  return problems
    .map((problem, i) => `${i + 1}. ${problem.message} (${problem.rule}): ${problem.remedy}.`)
    .join(' ');
}
