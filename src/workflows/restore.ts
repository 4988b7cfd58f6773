/** The undo of an update: back to the recorded revision (not blindly "undo"), rolled out and verified. */
import { patched } from '@temporalio/workflow';
import { failureTypes } from '../domain/failures.ts';
import type { ObservedTarget } from '../domain/observation.ts';
import { versionOf } from '../domain/version-of.ts';
import { clusterActivities, type ClusterActivities } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { failure, reasonOf, typeOf } from './failure.ts';
import { noteHeld } from './held-replicas.ts';
import type { BasePlan } from './pre-flight.ts';
import { runKey, stepKey } from './progress.ts';
import { rollOut } from './roll-out.ts';
import { verify } from './verify.ts';

export function registerRestore(stage: Stage, plan: BasePlan): void {
  const { target, undo } = stage;
  const { deployment, container } = target.service;
  const byHelm = plan.method === 'helm' && plan.recorded.helm !== undefined;
  undo.register({
    name: `Deployment ${deployment}`,
    byHand: byHelm
      ? `helm rollback ${plan.recorded.helm.name} ${plan.recorded.helm.deployedRevision} -n ${target.environment.namespace}`
      : `kubectl set image deployment/${deployment} ${container}=${plan.from} -n ${target.environment.namespace}`,
    undo: () => restore(stage, plan),
  });
}

async function restore(stage: Stage, plan: BasePlan): Promise<void> {
  const cluster = clusterActivities(stage.target, 'endless');
  await restoreTemplate(stage, cluster, plan);
  await rollOut(stage, cluster, plan.from);
  await verifyRestored(stage, cluster, plan);
}

/** The target as it is now, before something is put back. */
export async function observe({ target }: Stage, cluster: ClusterActivities): Promise<ObservedTarget> {
  return cluster.change.observeTarget.executeWithOptions(
    { summary: `What does ${target.service.deployment} run now?` },
    [{ target }],
  );
}

/** The recorded pod template, in the cluster and in Helm. Throws `ChangedByOther` when it is somebody else's now. */
export async function restoreTemplate(
  stage: Stage,
  cluster: ClusterActivities,
  plan: BasePlan,
): Promise<void> {
  const { target } = stage;
  const { deployment } = target.service;
  const byHelm = plan.method === 'helm' ? plan.recorded.helm : undefined;
  if (byHelm !== undefined) {
    const { image } = (await observe(stage, cluster)).deployment;
    if (image !== plan.from && image !== plan.to) throw somebodyElses(deployment, image);
    const { revision, deployedRevision, name } = byHelm;
    const undoes = {
      after: revision,
      run: runKey(),
      replicas: plan.recorded.deployment.replicas,
      ...(plan.helmRevision === undefined ? {} : { rolledBackTo: plan.helmRevision }),
    };
    const restored = await cluster.helm.rollBackHelmRelease.executeWithOptions(
      { summary: `helm rollback ${name} ${deployedRevision}` },
      [{ target, revision: deployedRevision, key: stepKey('rollback'), undoes }],
    );
    noteHeld(stage, deployedRevision, restored);
  }
  // Helm brings what it holds, which is not what ran when somebody had changed that past Helm.
  const held = byHelm?.manifestImage;
  const present = held === undefined || held === plan.from ? plan.to : held;
  const restored = await cluster.change.restoreRevision.executeWithOptions(
    {
      summary: `${deployment} back to revision ${plan.recorded.deployment.revision}, ${versionOf(plan.from)}`,
    },
    [{ target, recorded: plan.recorded, image: present, leaves: byHelm === undefined }],
  );
  if (restored.outcome === 'leftAlone') throw somebodyElses(deployment, restored.image);
  // Helm may have brought more than the image; else it was somebody's wish, and must not go without a word.
  if (plan.method === 'image' && restored.outcome === 'restored' && restored.replaced !== undefined) {
    stage.progress.note(
      `Somebody changed more of ${deployment} than the image during the release; this went with the rollback: ${restored.replaced.join(', ')}.`,
    );
  }
}

/**
 * As `restoreTemplate`, for a way back that has more to put back: answers the `ChangedByOther` to throw in
 * the end; `undefined` when the recorded template is there.
 */
export async function restoreUnlessTheirs(
  stage: Stage,
  cluster: ClusterActivities,
  plan: BasePlan,
): Promise<Error | undefined> {
  try {
    await restoreTemplate(stage, cluster, plan);
    return undefined;
  } catch (error) {
    if (typeOf(error) !== failureTypes.changedByOther || !patched('the-rest-goes-back-too')) throw error;
    return error as Error;
  }
}

/**
 * The target is fully old: that is what a rollback promises. That the old version is not well is news,
 * not a leftover.
 */
export async function verifyRestored(
  stage: Stage,
  cluster: ClusterActivities,
  plan: BasePlan,
): Promise<void> {
  try {
    // The failed version's alerts take a while to end.
    await verify(stage, cluster, plan.from, Date.now());
  } catch (error) {
    stage.progress.note(`After the rollback, ${reasonOf(error)}`);
  }
}

export function somebodyElses(deployment: string, image: string) {
  return failure(
    failureTypes.changedByOther,
    `Deployment ${deployment} runs ${image}, which this release did not set; it was left alone`,
  );
}
