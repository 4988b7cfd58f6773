/** The undo of a blue/green deployment: blue serves again, by one patch while it is still there, and green goes. */
import type { BlueGreenPlan } from '../domain/blue-green-plan.ts';
import { failureTypes } from '../domain/failures.ts';
import { selectorPinnedTo, selectorWords, type Selector } from '../domain/service-selector.ts';
import { clusterActivities, type ClusterActivities } from './activity-options.ts';
import { freeAutoscaler } from './autoscaler.ts';
import type { Stage } from './conduct.ts';
import { failure } from './failure.ts';
import { observe, restoreTemplate, somebodyElses, verifyRestored } from './restore.ts';
import { rollOut } from './roll-out.ts';
import { proveEndpoints, switchTo } from './service-switch.ts';

export function registerReturnToBlue(stage: Stage, plan: BlueGreenPlan): void {
  const { target, undo } = stage;
  const { deployment, container, kubernetesService } = target.service;
  const at = `-n ${target.environment.namespace}`;
  undo.register({
    name: `Service ${kubernetesService} and Deployment ${deployment}`,
    byHand:
      `kubectl set image deployment/${deployment} ${container}=${plan.from} ${at}; once it is available: ` +
      `kubectl patch service ${kubernetesService} ${at} --type=json ` +
      `-p '[{"op":"replace","path":"/spec/selector","value":${JSON.stringify(plan.selectors.recorded)}}]'; ` +
      `kubectl delete deployment ${plan.track.deployment} ${at}`,
    undo: () => returnToBlue(stage, plan),
  });
}

async function returnToBlue(stage: Stage, plan: BlueGreenPlan): Promise<void> {
  const { target } = stage;
  const cluster = clusterActivities(target, 'endless');
  const { deployment, service } = await observe(stage, cluster);
  const blueIsThere =
    deployment.image === plan.from && deployment.templateHash === plan.recorded.deployment.templateHash;
  // The patch first, while blue is whole: people wait for it. Green may be in any state.
  if (blueIsThere && deployment.availableReplicas >= plan.replicas)
    await toBlue(stage, cluster, service.selector, plan.selectors);
  if (deployment.image !== plan.from && deployment.image !== plan.to) {
    throw somebodyElses(target.service.deployment, deployment.image);
  }
  await restoreTemplate(stage, cluster, plan);
  await rollOut(stage, cluster, plan.from);
  const restored = await observe(stage, cluster);
  // The same pods' hash as recorded, unless the cluster had forgotten that revision.
  const blue = selectorPinnedTo(plan.selectors.recorded, restored.deployment.templateHash);
  await toBlue(stage, cluster, restored.service.selector, { ...plan.selectors, blue });
  await cluster.tracks.deleteTrack.executeWithOptions({ summary: `Remove ${plan.track.deployment}` }, [
    { target, track: 'green' },
  ]);
  await switchTo(stage, cluster, {
    from: blue,
    to: plan.selectors.recorded,
    name: 'its own selector',
  });
  await proveEndpoints(stage, cluster, [{ deployment: target.service.deployment, ready: plan.replicas }]);
  await freeAutoscaler(stage, cluster, plan);
  await verifyRestored(stage, cluster, plan);
}

async function toBlue(
  stage: Stage,
  cluster: ClusterActivities,
  now: Selector,
  { recorded, blue }: BlueGreenPlan['selectors'],
): Promise<void> {
  // Ours is the recorded one, with or without a pin: anything else was written by somebody else.
  if (!Object.entries(recorded).every(([key, value]) => now[key] === value)) {
    throw failure(
      failureTypes.changedByOther,
      `Service ${stage.target.service.kubernetesService} selects ${selectorWords(now)}, which this release did not write; it was left alone`,
    );
  }
  await switchTo(stage, cluster, { from: now, to: blue, name: 'blue' });
}
