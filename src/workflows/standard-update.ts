/** The update of a standard deployment: by the container's image or by Helm, and new pods in any case. */
import type { StandardPlan } from '../domain/standard-plan.ts';
import { versionOf } from '../domain/version-of.ts';
import type { Stage } from './conduct.ts';
import type { BasePlan } from './pre-flight.ts';
import { stepKey } from './progress.ts';

export async function update(plan: StandardPlan, stage: Stage): Promise<void> {
  const { target, cluster, progress, announcer } = stage;
  const { service, environment } = target;
  await progress.step(
    'Update',
    async () => {
      const updated = await apply(plan, stage);
      if (plan.from !== plan.to) return updated;
      // Neither an image nor Helm makes new pods of what is there already.
      const { revision } = await cluster.change.restartRollout.executeWithOptions(
        { summary: `Restart ${service.deployment} on ${versionOf(plan.to)}` },
        [{ target, key: stepKey('restart') }],
      );
      return `${updated}; pods replaced, revision ${revision}`;
    },
    { next: 'monitor the rollout', done: (words) => words },
  );
  announcer.reply('update', `Updated ${service.deployment} in ${environment.name} to ${versionOf(plan.to)}`);
}

/** Brings the new version to the target's own Deployment, if it still runs the old one; one line on how. */
export async function apply(plan: BasePlan, { target, cluster }: Stage): Promise<string> {
  const { deployment, helm } = target.service;
  if (plan.method === 'helm') {
    const { revision } = await cluster.helm.upgradeHelmRelease.executeWithOptions(
      { summary: `helm upgrade ${helm?.release ?? ''} to ${versionOf(plan.to)}` },
      [{ target, tag: versionOf(plan.to), key: stepKey('update'), from: plan.from }],
    );
    return `Helm revision ${revision}`;
  }
  const { revision } = await cluster.change.setImage.executeWithOptions(
    { summary: `${deployment}: ${versionOf(plan.from)} → ${versionOf(plan.to)}` },
    [{ target, image: plan.to, from: plan.from }],
  );
  return `image set, revision ${revision}`;
}
