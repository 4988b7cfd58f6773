/** The undo of a blue/green deployment: blue serves again, by one patch while it is still there, and green goes. */
import type { BlueGreenPlan } from '../domain/blue-green-plan.ts';
import type { ObservedTarget } from '../domain/observation.ts';
import {
  isSameSelector,
  selectorPinnedTo,
  selectorWords,
  templateHashKey,
  withoutPin,
  type Selector,
} from '../domain/service-selector.ts';
import { clusterActivities, type ClusterActivities } from './activity-options.ts';
import { registerFreeing, type Underway } from './autoscaler.ts';
import type { Stage } from './conduct.ts';
import { keepGreen, removeTrack } from './remove-track.ts';
import { observe, restoreUnlessTheirs, somebodyElses, verifyRestored } from './restore.ts';
import { rollOut } from './roll-out.ts';
import { proveEndpoints, switchTo } from './service-switch.ts';

export function registerReturnToBlue(stage: Stage, underway: Underway<BlueGreenPlan>): void {
  const { target, undo } = stage;
  const { deployment, container, kubernetesService } = target.service;
  const { plan } = underway;
  const free = registerFreeing(stage, plan);
  const at = `-n ${target.environment.namespace}`;
  undo.register({
    name: `Service ${kubernetesService} and Deployment ${deployment}`,
    byHand:
      `kubectl set image deployment/${deployment} ${container}=${plan.from} ${at}; ` +
      `kubectl rollout resume deployment/${deployment} ${at} should it be paused; once it is available: ` +
      `kubectl patch service ${kubernetesService} ${at} --type=json ` +
      `-p '[{"op":"replace","path":"/spec/selector","value":${JSON.stringify(plan.selectors.recorded)}}]'; ` +
      `kubectl delete deployment ${plan.track.deployment} ${at}`,
    undo: () => returnToBlue(stage, underway.plan, free),
  });
}

async function returnToBlue(stage: Stage, plan: BlueGreenPlan, free: () => Promise<void>): Promise<void> {
  const cluster = clusterActivities(stage.target, 'endless');
  const observed = await observe(stage, cluster);
  const theirs = isBeforeTheSwitch(plan, observed)
    ? await withoutGreen(stage, cluster, plan, observed)
    : await fromGreen(stage, cluster, plan, observed);
  await proveEndpoints(stage, cluster, [{ deployment: stage.target.service.deployment }]);
  await free();
  if (theirs !== undefined) throw theirs;
  await verifyRestored(stage, cluster, plan);
}

/** Blue is held, and the Service is not on green. */
function isBeforeTheSwitch({ selectors }: BlueGreenPlan, { deployment, service }: ObservedTarget): boolean {
  const notOnGreen = [undefined, selectors.blue[templateHashKey]];
  return deployment.heldBy !== undefined && notOnGreen.includes(service.selector[templateHashKey]);
}

/**
 * Blue itself is as it was. What somebody changed there rolls out once its new pods get traffic, too, and stays:
 * answers what to end with then.
 */
async function withoutGreen(
  stage: Stage,
  cluster: ClusterActivities,
  plan: BlueGreenPlan,
  { deployment, service }: ObservedTarget,
): Promise<Error | undefined> {
  await removeTrack(stage, cluster, plan.track);
  const unpinned = withoutPin(service.selector);
  noteEdited(stage, plan, service.name, unpinned);
  await switchTo(stage, cluster, {
    ...{ from: service.selector, to: unpinned, name: 'its own selector' },
    letGo: stage.target.service.deployment,
  });
  await rollOut(stage, cluster, deployment.image, { planned: plan.replicas });
  return deployment.image === plan.from ? undefined : somebodyElses(deployment.name, deployment.image);
}

/** As above, answers what to end with when the target's own template is somebody else's by now. */
async function fromGreen(
  stage: Stage,
  cluster: ClusterActivities,
  plan: BlueGreenPlan,
  { deployment, service }: ObservedTarget,
): Promise<Error | undefined> {
  const blueIsThere =
    deployment.image === plan.from && deployment.templateHash === plan.recorded.deployment.templateHash;
  // The patch first, while blue is whole: people wait for it. Green may be in any state.
  let leftAt: number | undefined;
  if (blueIsThere && deployment.availableReplicas >= Math.min(plan.replicas, deployment.replicas)) {
    await toBlue(stage, cluster, plan, { deployment, service });
    leftAt = Date.now();
  }
  const isOurs = deployment.image === plan.from || deployment.image === plan.to;
  const theirs = isOurs
    ? await restoreUnlessTheirs(stage, cluster, plan)
    : somebodyElses(deployment.name, deployment.image);
  await rollOut(stage, cluster, theirs === undefined ? plan.from : deployment.image, {
    planned: plan.replicas,
  });
  const restored = await observe(stage, cluster);
  // The same pods' hash as recorded, unless somebody changed them or the cluster had forgotten that revision.
  const { blue, unpinned } = await toBlue(stage, cluster, plan, restored);
  if (!isSameSelector(service.selector, blue)) await keepGreen(plan, leftAt ?? Date.now());
  await removeTrack(stage, cluster, plan.track);
  await switchTo(stage, cluster, {
    ...{ from: blue, to: unpinned, name: 'its own selector' },
    letGo: stage.target.service.deployment,
  });
  return theirs;
}

/** Ours is the pin alone: what else somebody wrote into the selector stays, and is said. */
async function toBlue(
  stage: Stage,
  cluster: ClusterActivities,
  plan: BlueGreenPlan,
  { deployment, service }: ObservedTarget,
): Promise<{ readonly blue: Selector; readonly unpinned: Selector }> {
  const unpinned = withoutPin(service.selector);
  const blue = selectorPinnedTo(unpinned, deployment.templateHash);
  const isEdited = noteEdited(stage, plan, service.name, unpinned);
  const mustServe = isEdited || deployment.replicas === 0;
  await switchTo(stage, cluster, { from: service.selector, to: blue, name: 'blue', mustServe });
  return { blue, unpinned };
}

function noteEdited(stage: Stage, { selectors }: BlueGreenPlan, name: string, unpinned: Selector): boolean {
  if (isSameSelector(unpinned, selectors.recorded)) return false;
  stage.progress.note(
    `Service ${name} selects by ${selectorWords(unpinned)}, and by ${selectorWords(selectors.recorded)} before the release: somebody changed it meanwhile, and that stays.`,
  );
  return true;
}
