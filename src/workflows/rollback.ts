/** The runbook's rollback: look at what there is, say where it goes, back up, return, verify. */
import { askedWords } from '../domain/rollback-words.ts';
import { parseRollbackRequest, type RollbackRequest } from '../domain/rollback-request.ts';
import type { RollbackPlan } from '../domain/rollback-decision.ts';
import type { Unchanged } from '../domain/refusal.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import type { Target } from '../domain/target.ts';
import { backUp } from './back-up.ts';
import { conduct, type Stage } from './conduct.ts';
import { accept } from './failure.ts';
import { Progress } from './progress.ts';
import { announceRollback, rollbackEndings } from './rollback-endings.ts';
import { lookBack } from './rollback-look.ts';
import { registerReturn } from './rollback-undo.ts';
import { returnTo } from './rollback-return.ts';
import { rollOut } from './roll-out.ts';
import { underTargetLock } from './target-lock.ts';
import { verify } from './verify.ts';

const steps = ['Pre-flight', 'Look', 'Back up', 'Return', 'Monitor rollout', 'Verify'] as const;

export async function rollback(input: unknown): Promise<ReleaseStatus> {
  const request = accept(parseRollbackRequest(input));
  const { service, environment, to, reason, requestedBy } = request;
  const progress = new Progress(
    {
      service,
      environment,
      version: askedWords(to),
      strategy: 'rollback',
      ...(requestedBy === undefined ? {} : { requestedBy }),
    },
    steps,
  );
  const message = { by: requestedBy ?? 'a rollback', reason: `rollback to ${askedWords(to)}: ${reason}` };
  return underTargetLock(
    request,
    input,
    progress,
    () => {
      let unchanged: Unchanged | undefined;
      return conduct(
        request,
        progress,
        async (stage) => {
          unchanged = await goBack(request, { ...stage, target: rolledBackBy(stage.target, request) });
        },
        rollbackEndings(reason, () => unchanged),
      );
    },
    { rollback: message },
  );
}

/** Asked for Helm's own revision, Helm is what brings it, whatever brings releases. */
function rolledBackBy(target: Target, { to }: RollbackRequest): Target {
  const byHelm = to.kind === 'helmPrevious' || to.kind === 'helmRevision';
  return byHelm ? { ...target, service: { ...target.service, update: 'helm' } } : target;
}

/** Answers why there was nothing to do, if there was nothing. */
async function goBack(request: RollbackRequest, stage: Stage): Promise<Unchanged | undefined> {
  stage.control.runThrough();
  const decision = await lookBack(request, stage);
  if (decision.decision === 'unchanged') return decision;
  const { plan } = decision;
  announceRollback(stage, plan, request.reason);
  const backup = await backUp(stage);
  registerReturn(stage, plan, backup);
  await change(stage, plan);
  for (const note of plan.notes) stage.progress.note(note);
  return undefined;
}

async function change(stage: Stage, plan: RollbackPlan): Promise<void> {
  const { progress, cluster, target } = stage;
  await progress.step('Return', () => returnTo(stage, plan), {
    next: 'monitor the rollout',
    done: (words) => words,
  });
  await progress.step('Monitor rollout', () => rollOut(stage, cluster, plan.to), {
    lasting: true,
    next: `verification; a rollout that cannot complete, or takes over ${target.service.timeouts.rolloutSeconds} s, returns to where it started`,
    done: (words) => words,
  });
  await progress.step('Verify', () => verify(stage, cluster, plan.to), {
    next: 'done when every required check passes, else back to where it started',
    done: (report) => report.summary,
  });
}
