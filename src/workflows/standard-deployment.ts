/** The runbook's standard deployment: announce, back up, update, monitor the rollout, verify. */
import { sleep } from '@temporalio/workflow';
import { inProgressText, startingText } from '../domain/announcement.ts';
import { recheckAfterSeconds } from '../domain/defaults.ts';
import { parseStandardDeploymentRequest, type StandardDeploymentRequest } from '../domain/request.ts';
import { planStandardDeployment, type StandardPlan } from '../domain/standard-plan.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import type { Target, UpdateMethod } from '../domain/target.ts';
import { versionOf } from '../domain/version-of.ts';
import { failureTypes } from '../domain/failures.ts';
import { withTag } from '../domain/image.ts';
import { conduct, type Stage } from './conduct.ts';
import { accept, failure } from './failure.ts';
import { Progress, stepKey } from './progress.ts';
import { registerRestore } from './restore.ts';
import { rollOut } from './roll-out.ts';
import { update } from './standard-update.ts';
import { underTargetLock } from './target-lock.ts';
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

/** The request may choose another way than the service's own. */
function updatedBy(target: Target, update: UpdateMethod | undefined): Target {
  return update === undefined ? target : { ...target, service: { ...target.service, update } };
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

/** Pre-flight and plan: everything that could be in the way is found before anything is changed. */
async function plan(
  request: StandardDeploymentRequest,
  { target, cluster, progress }: Stage,
): Promise<StandardPlan> {
  const image = withTag(target.service.image, request.version);
  return progress.step(
    'Pre-flight',
    async () => {
      const report = await cluster.look.preflight.executeWithOptions(
        { summary: `May ${image} go to ${target.environment.name}?` },
        [{ target, image }],
      );
      const problems = report.problems.map(
        (problem) => `${problem.message} (${problem.rule}): ${problem.remedy}`,
      );
      if (report.observed === undefined || problems.length > 0) {
        throw failure(
          failureTypes.refused,
          `Refused before any change. ${problems.map((text, i) => `${i + 1}. ${text}.`).join(' ')}`,
        );
      }
      const decision = planStandardDeployment(target, request, report.observed);
      if (decision.decision === 'refuse') {
        throw failure(
          failureTypes.refused,
          `Refused before any change. ${decision.reason} (${decision.rule}): ${decision.remedy}.`,
        );
      }
      const { from, to, recorded } = decision.plan;
      progress.set({ from, to, replicas: recorded.deployment.replicas });
      return decision.plan;
    },
    {
      next: 'announce and back up',
      done: ({ from, to, method }) => `${versionOf(from)} → ${versionOf(to)} by ${method}`,
    },
  );
}

/** Answers whether so much time went by that the cluster must be looked at again. */
async function announce(plan: StandardPlan, { target, announcer, progress }: Stage): Promise<boolean> {
  const lead = target.environment.announcement?.leadSeconds;
  if (lead === undefined) {
    progress.skip('Announce', `${target.environment.name} announces nothing`);
    return false;
  }
  const subject = { displayName: target.service.displayName, version: versionOf(plan.to) };
  await progress.step(
    'Announce',
    async () => {
      await announcer.open('announcement', startingText(subject, lead));
      if (lead > 0)
        await sleep(lead * 1_000, { summary: `Announced lead: ${lead} s until the deployment starts` });
      announcer.update(inProgressText(subject, 'backing up'));
    },
    {
      next: lead > 0 ? `the deployment starts ${lead} s after the announcement` : 'back up',
      done: () => `lead ${lead} s`,
    },
  );
  return lead >= recheckAfterSeconds;
}

async function backUp({ target, cluster, progress, announcer }: Stage): Promise<void> {
  const backup = await progress.step(
    'Back up',
    () =>
      cluster.change.backUpTarget.executeWithOptions({ summary: `Back up ${target.service.deployment}` }, [
        { target, key: stepKey('backup') },
      ]),
    {
      next: 'update',
      done: (ref) => `ConfigMap ${ref.configMap}: ${ref.objects.length} objects, ${ref.image}`,
    },
  );
  announcer.reply('backup', `Backed up as ConfigMap ${backup.configMap} (${backup.image})`);
}
