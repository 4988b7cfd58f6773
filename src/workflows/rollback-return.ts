/** The change itself: Helm first where it has a part, so that what it has stored agrees with the cluster. */
import type { RollbackPlan } from '../domain/rollback-decision.ts';
import { versionOf } from '../domain/version-of.ts';
import type { Stage } from './conduct.ts';
import { noteHeld } from './held-replicas.ts';
import { stepKey } from './progress.ts';
import { somebodyElses } from './restore.ts';

/** Answers one line: what was done. */
export async function returnTo(stage: Stage, plan: RollbackPlan): Promise<string> {
  const { target, cluster, announcer } = stage;
  const words: string[] = [];
  if (plan.helmRevision !== undefined) {
    const rolledBack = await cluster.helm.rollBackHelmRelease.executeWithOptions(
      { summary: `helm rollback ${target.service.helm?.release ?? ''} ${plan.helmRevision}` },
      [{ target, revision: plan.helmRevision, key: stepKey('return') }],
    );
    noteHeld(stage, plan.helmRevision, rolledBack);
    words.push(`Helm revision ${rolledBack.revision} (rollback to ${plan.helmRevision})`);
  }
  const further = await bringBack(stage, plan);
  if (further !== undefined) words.push(further);
  announcer.reply('return', `${target.service.deployment} returned to ${plan.words}`);
  return words.join('; ');
}

async function bringBack({ target, cluster }: Stage, plan: RollbackPlan): Promise<string | undefined> {
  const { destination, recorded } = plan;
  const { deployment } = target.service;
  switch (destination.by) {
    case 'helm':
      return undefined;
    case 'revision': {
      const { revision, replicaSet, image } = destination.revision;
      const { uid } = recorded.deployment;
      const result = await cluster.change.restoreRevision.executeWithOptions(
        { summary: `${deployment} back to revision ${revision}, ${versionOf(image)}` },
        [
          {
            target,
            recorded: { deployment: { uid, replicaSet, image, revision: String(revision) } },
            // Helm has set the image already.
            image: plan.helmRevision === undefined ? plan.from : plan.to,
            leaves: plan.helmRevision === undefined,
          },
        ],
      );
      if (result.outcome === 'leftAlone') throw somebodyElses(deployment, result.image);
      return `template of revision ${revision}, now revision ${result.revision}`;
    }
    case 'backup': {
      const { configMap } = destination.backup;
      const result = await cluster.change.restoreBackup.executeWithOptions(
        { summary: `${deployment} back to ${configMap}` },
        [{ target, configMap, ours: [plan.from, plan.to] }],
      );
      return `backup ${configMap}, now revision ${result.revision}`;
    }
  }
}
