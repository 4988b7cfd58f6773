/** The end of a dry run: what the cluster would make of the plan, asked of it without a change. */
import type { DryRunInput } from '../activities/kubernetes/types.ts';
import { dryRunText } from '../domain/plan-diff-text.ts';
import type { AnyPlan } from '../domain/plan-text.ts';
import type { Stage } from './conduct.ts';
import { problemWords, refused } from './pre-flight.ts';

/** Adds it to the status' plan. Refuses what the API server, or helm, would refuse. */
export async function dryRun(stage: Stage, plan: AnyPlan): Promise<void> {
  const { target, cluster, progress } = stage;
  const words = await progress.step(
    'Dry run',
    async () => {
      const result = await cluster.look.dryRun.executeWithOptions(
        { summary: `What would the cluster make of it?` },
        [{ target, image: plan.to, method: plan.method, ...mutationsOf(plan) }],
      );
      if (result.outcome === 'refused') throw refused(problemWords(result.problems));
      return dryRunText(result);
    },
    { next: 'the end: nothing is changed', done: () => 'the cluster would take it' },
  );
  const { plan: text = '' } = progress.status;
  progress.set({ dryRun: true, plan: `${text}\n\n${words}` });
}

/** What the strategy makes besides the update of the target's own Deployment. */
function mutationsOf(plan: AnyPlan): Pick<DryRunInput, 'track' | 'selector'> {
  switch (plan.strategy) {
    case 'standard':
      return {};
    case 'canary':
      return { track: { track: 'canary', replicas: 0 } };
    case 'blueGreen':
      return { track: { track: 'green', replicas: plan.replicas }, selector: plan.selectors.blue };
  }
}
