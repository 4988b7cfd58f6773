/** What the target could return to, what it will return to, and what is in the way. Changes nothing. */
import type { ObservedTarget } from '../domain/observation.ts';
import type { RollbackDecision, RollbackPlan } from '../domain/rollback-decision.ts';
import { obstacles, planRollback } from '../domain/rollback-plan.ts';
import type { RollbackRequest } from '../domain/rollback-request.ts';
import { versionOf } from '../domain/version-of.ts';
import type { Stage } from './conduct.ts';
import { problemWords, refused } from './pre-flight.ts';
import { interruptedRelease } from './target-lock.ts';

type Look = Exclude<RollbackDecision, { readonly decision: 'refuse' }>;

export async function lookBack(request: RollbackRequest, stage: Stage): Promise<Look> {
  const observed = await preFlightBack(request, stage);
  return stage.progress.step('Look', () => decide(request, observed, stage), {
    next: 'say where it goes, and back up',
    done: (decision) => (decision.decision === 'go' ? `returns to ${decision.plan.words}` : 'nothing to do'),
  });
}

async function preFlightBack(
  { to }: RollbackRequest,
  { target, cluster, progress }: Stage,
): Promise<ObservedTarget> {
  return progress.step(
    'Pre-flight',
    async () => {
      const { problems, observed } = await cluster.look.preflight.executeWithOptions(
        { summary: `May ${target.service.deployment} be rolled back?` },
        [{ target, strategy: 'rollback' }],
      );
      const inTheWay = obstacles(problems, to);
      if (observed === undefined || inTheWay.length > 0) {
        throw refused(problemWords(inTheWay.length > 0 ? inTheWay : problems));
      }
      progress.set({ from: observed.deployment.image, replicas: observed.deployment.replicas });
      return observed;
    },
    { next: 'look at what it could return to', done: ({ deployment }) => `${deployment.image} runs` },
  );
}

async function decide(request: RollbackRequest, observed: ObservedTarget, stage: Stage): Promise<Look> {
  const { target, cluster, progress } = stage;
  const history = await cluster.look.listRevisions.executeWithOptions(
    { summary: `What could ${target.service.deployment} return to?` },
    [{ target }],
  );
  const interrupted = interruptedRelease();
  if (interrupted !== undefined) {
    progress.note(
      `Release "${interrupted.release}" held the target and was asked to abort; it ended: ${interrupted.outcome ?? 'without a word'}.`,
    );
  }
  const decision = planRollback(request, {
    target,
    observed,
    history,
    ...(interrupted === undefined ? {} : { interrupted }),
  });
  switch (decision.decision) {
    case 'refuse':
      throw refused(`${decision.reason} (${decision.rule}): ${decision.remedy}.`);
    case 'unchanged':
      progress.set({ version: versionOf(observed.deployment.image), to: observed.deployment.image });
      return decision;
    case 'go': {
      progress.set({ version: versionOf(decision.plan.to), to: decision.plan.to });
      return heldAgainst(decision.plan, stage);
    }
  }
}

/** Only a backup's contents tell whether it differs from what is there. */
async function heldAgainst(plan: RollbackPlan, { target, cluster, progress }: Stage): Promise<Look> {
  const { destination } = plan;
  if (destination.by !== 'backup') return { decision: 'go', plan };
  const { configMap } = destination.backup;
  const { changes, kept, problems } = await cluster.look.compareBackup.executeWithOptions(
    { summary: `Hold ${configMap} against what is there` },
    [{ target, configMap }],
  );
  if (problems.length > 0) throw refused(problemWords(problems));
  for (const words of kept) progress.note(`${words}.`);
  if (changes.length === 0 && plan.helmRevision === undefined) {
    const { service, environment } = target;
    return {
      decision: 'unchanged',
      reason: `${service.displayName} in ${environment.name} is as in ${plan.words} already`,
    };
  }
  const shown = changes.slice(0, maxChangesShown).join('; ');
  const more = changes.length > maxChangesShown ? `; and ${changes.length - maxChangesShown} more` : '';
  return { decision: 'go', plan: { ...plan, words: `${plan.words}: ${shown}${more}` } };
}

/** So many fit into a line that people still read. */
const maxChangesShown = 8;
