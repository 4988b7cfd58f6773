/** The undo of a canary, from every step: the target's own pods serve the recorded version again, all of them. */
import type { CanaryPlan } from '../domain/canary-plan.ts';
import { clusterActivities } from './activity-options.ts';
import { freeAutoscaler } from './autoscaler.ts';
import type { Stage } from './conduct.ts';
import { observe, restoreUnlessTheirs, somebodyElses, verifyRestored } from './restore.ts';
import { shift } from './shift.ts';

export function registerReturnToStable(stage: Stage, plan: CanaryPlan): void {
  const { target, undo } = stage;
  const { deployment, container } = target.service;
  const at = `-n ${target.environment.namespace}`;
  undo.register({
    name: `Deployment ${deployment} and its canary`,
    byHand:
      `kubectl set image deployment/${deployment} ${container}=${plan.from} ${at}; ` +
      `kubectl scale deployment ${deployment} --replicas=${plan.replicas} ${at}; ` +
      `once it is available: kubectl delete deployment ${plan.track.deployment} ${at}`,
    undo: () => returnToStable(stage, plan),
  });
}

async function returnToStable(stage: Stage, plan: CanaryPlan): Promise<void> {
  const { target, progress } = stage;
  const cluster = clusterActivities(target, 'endless');
  const { image } = (await observe(stage, cluster)).deployment;
  const isOurs = image === plan.from || image === plan.to;
  const theirs = isOurs
    ? await restoreUnlessTheirs(stage, cluster, plan)
    : somebodyElses(target.service.deployment, image);
  await shift(stage, cluster, plan, {
    stableImage: theirs === undefined ? plan.from : image,
    to: { stable: plan.replicas, canary: 0 },
    withdraw: true,
  });
  progress.set({ weight: { requested: 0, actual: 0, stable: plan.replicas, track: 0 } });
  await cluster.tracks.deleteTrack.executeWithOptions({ summary: `Remove ${plan.track.deployment}` }, [
    { target, track: 'canary' },
  ]);
  await freeAutoscaler(stage, cluster, plan);
  if (theirs !== undefined) throw theirs;
  await verifyRestored(stage, cluster, plan);
}
