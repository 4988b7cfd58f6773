/** The runbook's standard deployment: announce, back up, update, monitor the rollout, verify. */
import { parseStandardDeploymentRequest, type StandardDeploymentRequest } from '../domain/request.ts';
import { planStandardDeployment, type StandardPlan } from '../domain/standard-plan.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import { versionOf } from '../domain/version-of.ts';
import { conduct, type Stage } from './conduct.ts';
import { announce } from './announce.ts';
import { backUp } from './back-up.ts';
import { accept } from './failure.ts';
import { preFlight } from './pre-flight.ts';
import { Progress } from './progress.ts';
import { registerRestore } from './restore.ts';
import { rollOut } from './roll-out.ts';
import { update } from './standard-update.ts';
import { underTargetLock } from './target-lock.ts';
import { updatedBy } from './updated-by.ts';
import { verify } from './verify.ts';

const steps = ['Pre-flight', 'Announce', 'Back up', 'Update', 'Monitor rollout', 'Verify'] as const;

export async function standardDeployment(input: unknown): Promise<ReleaseStatus> {
  const request = accept(parseStandardDeploymentRequest(input));
  const { service, environment, version, requestedBy } = request;
  const progress = new Progress(
    {
      service,
      environment,
      version,
      strategy: 'standard',
      ...(requestedBy === undefined ? {} : { requestedBy }),
    },
    steps,
  );
  return underTargetLock(request, input, progress, () =>
    conduct(request, progress, async (stage) => {
      await deploy(request, { ...stage, target: updatedBy(stage.target, request.update) });
    }),
  );
}

async function deploy(request: StandardDeploymentRequest, stage: Stage): Promise<void> {
  const { progress } = stage;
  const first = await plan(request, stage);
  const waited = await announce(first, stage);
  const final = waited ? await plan(request, stage) : first;
  await backUp(stage);
  registerRestore(stage, final);
  await update(final, stage);
  await progress.step('Monitor rollout', () => rollOut(stage, stage.cluster, final.to), {
    next: `verification; a rollout that cannot complete, or takes over ${stage.target.service.timeouts.rolloutSeconds} s, is rolled back`,
    done: (words) => words,
  });
  await progress.step('Verify', () => verify(stage, stage.cluster, final.to), {
    next: 'done when every required check passes, else rolled back',
    done: (report) => report.summary,
  });
  const { helm } = final.recorded;
  if (final.method === 'image' && helm !== undefined) {
    progress.note(
      `Helm release ${helm.name} still holds ${versionOf(helm.manifestImage ?? final.from)}: the next \`helm upgrade\` ` +
        'by hand would bring that back. Releases with "update": "helm" keep the two together.',
    );
  }
}

/** Everything that could be in the way is found before anything is changed. */
function plan(request: StandardDeploymentRequest, stage: Stage): Promise<StandardPlan> {
  return preFlight(stage, request.version, 'standard', (observed) =>
    planStandardDeployment(stage.target, request, observed),
  );
}
