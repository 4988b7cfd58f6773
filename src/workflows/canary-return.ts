/** The undo of a canary, from every step: the target's own pods serve the recorded version again, all of them. */
import { patched } from '@temporalio/workflow';
import type { CanaryPlan } from '../domain/canary-plan.ts';
import type { ObservedDeployment } from '../domain/observation.ts';
import { clusterActivities, type ClusterActivities } from './activity-options.ts';
import { registerFreeing, type Underway } from './autoscaler.ts';
import type { Stage } from './conduct.ts';
import { removeTrack } from './remove-track.ts';
import { observe, restoreUnlessTheirs, somebodyElses, verifyRestored } from './restore.ts';
import { shift } from './shift.ts';

export function registerReturnToStable(stage: Stage, underway: Underway<CanaryPlan>): void {
  const { target, undo } = stage;
  const { deployment, container } = target.service;
  const at = `-n ${target.environment.namespace}`;
  const free = registerFreeing(stage, underway.plan);
  undo.register({
    name: `Deployment ${deployment} and its canary`,
    // Its number of pods may be another by then.
    get byHand() {
      const { from, replicas, track } = underway.plan;
      return (
        `kubectl set image deployment/${deployment} ${container}=${from} ${at}; ` +
        `kubectl scale deployment ${deployment} --replicas=${replicas} ${at}; ` +
        `once it is available: kubectl delete deployment ${track.deployment} ${at}`
      );
    },
    undo: () => returnToStable(stage, underway.plan, free),
  });
}

async function returnToStable(stage: Stage, plan: CanaryPlan, free: () => Promise<void>): Promise<void> {
  const { target, progress } = stage;
  const cluster = clusterActivities(target, 'endless');
  const { deployment } = await observe(stage, cluster);
  const { image } = deployment;
  const isOurs = image === plan.from || image === plan.to;
  // Users meet the failing version: nothing that stable's pods do not need comes before it leaves.
  const leavesFirst = isAsRecorded(deployment, plan) && patched('canary-leaves-before-helm');
  let theirs: Error | undefined = isOurs ? undefined : somebodyElses(target.service.deployment, image);
  if (isOurs && !leavesFirst) theirs = await restoreUnlessTheirs(stage, cluster, plan);
  const back = () => leave(stage, cluster, plan, theirs === undefined ? plan.from : image);
  await back();
  progress.set({ weight: { requested: 0, actual: 0, stable: plan.replicas, track: 0 } });
  await removeTrack(stage, cluster, plan.track);
  if (leavesFirst) {
    theirs = await restoreUnlessTheirs(stage, cluster, plan);
    // A chart may hold another number of pods.
    if (theirs === undefined && plan.method === 'helm') await back();
  }
  await free();
  if (theirs !== undefined) throw theirs;
  await verifyRestored(stage, cluster, plan);
}

function isAsRecorded({ image, templateHash }: ObservedDeployment, { from, recorded }: CanaryPlan): boolean {
  return image === from && templateHash === recorded.deployment.templateHash;
}

/** Stable serves alone, with all its pods. */
async function leave(
  stage: Stage,
  cluster: ClusterActivities,
  plan: CanaryPlan,
  stableImage: string,
): Promise<void> {
  const to = { stable: plan.replicas, canary: 0 };
  await shift(stage, cluster, plan, { stableImage, to, withdraw: true });
}
