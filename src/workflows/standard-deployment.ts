/** The runbook's standard deployment: announce, back up, update, monitor the rollout, verify. */
import { capacityNotes } from '../domain/capacity.ts';
import { planText } from '../domain/plan-text.ts';
import { parseStandardDeploymentRequest, type StandardDeploymentRequest } from '../domain/request.ts';
import { planStandardDeployment, type StandardPlan } from '../domain/standard-plan.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import { versionOf } from '../domain/version-of.ts';
import { backUp } from './back-up.ts';
import type { Stage } from './conduct.ts';
import { deployAlone } from './deploy-alone.ts';
import { accept } from './failure.ts';
import { preFlight } from './pre-flight.ts';
import { registerRestore } from './restore.ts';
import { rollOut } from './roll-out.ts';
import { update } from './standard-update.ts';
import type { Strategy } from './strategy.ts';
import { verify } from './verify.ts';

export const standard: Strategy<StandardDeploymentRequest, StandardPlan> = {
  name: 'standard',
  steps: ['Update', 'Monitor rollout', 'Verify'],
  // Everything that could be in the way is found before anything is changed.
  plan: (request, stage) =>
    preFlight(stage, request.version, 'standard', (observed) =>
      planStandardDeployment(stage.target, request, observed),
    ),
  words: planText,
  run,
};

export async function standardDeployment(input: unknown): Promise<ReleaseStatus> {
  return deployAlone(standard, accept(parseStandardDeploymentRequest(input)), input);
}

async function run(stage: Stage, plan: StandardPlan): Promise<void> {
  const { progress, control } = stage;
  control.runThrough();
  for (const note of capacityNotes(plan.recorded.deployment)) progress.note(note);
  await backUp(stage);
  registerRestore(stage, plan);
  await update(plan, stage);
  await progress.step('Monitor rollout', () => rollOut(stage, stage.cluster, plan.to), {
    lasting: true,
    next: `verification; a rollout that cannot complete, or takes over ${stage.target.service.timeouts.rolloutSeconds} s, is rolled back`,
    done: (words) => words,
  });
  await progress.step('Verify', () => verify(stage, stage.cluster, plan.to), {
    next: 'done when every required check passes, else rolled back',
    done: (report) => report.summary,
  });
  const { helm } = plan.recorded;
  if (plan.method === 'image' && helm !== undefined) {
    progress.note(
      `Helm release ${helm.name} still holds ${versionOf(helm.manifestImage ?? plan.from)}: the next \`helm upgrade\` ` +
        'by hand would bring that back. Releases with "update": "helm" keep the two together.',
    );
  }
}
