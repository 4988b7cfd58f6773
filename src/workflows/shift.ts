/** Moves traffic between the target's own pods and the canary's; throws when the new pods do not come. */
import type { CanaryPlan } from '../domain/canary-plan.ts';
import { trackDeployment, type ReplicaPair } from '../domain/track.ts';
import type { ClusterActivities } from './activity-options.ts';
import { autoscalerKey } from './autoscaler.ts';
import type { Stage } from './conduct.ts';
import { noteScaling, rolledOut } from './roll-out.ts';

interface Shift {
  /** Image that the target's own Deployment must hold now. */
  readonly stableImage: string;
  /** Where the release left them; absent on the way back, which may begin anywhere. */
  readonly from?: ReplicaPair;
  readonly to: ReplicaPair;
  /** The canary failed, or the release is stopped: it may leave before stable is whole again. */
  readonly withdraw?: boolean;
}

/** Answers one line: how many pods, after how long. */
export async function shift(
  { target, progress }: Stage,
  cluster: ClusterActivities,
  plan: CanaryPlan,
  { stableImage, from, to, withdraw = false }: Shift,
): Promise<string> {
  const { deployment, timeouts } = target.service;
  const result = await cluster.traffic.shiftTraffic.executeWithOptions(
    { summary: `${deployment}: ${to.stable} pods, ${trackDeployment(deployment, 'canary')}: ${to.canary}` },
    [
      {
        target,
        images: { stable: stableImage, canary: plan.to },
        ...(from === undefined ? {} : { from }),
        to,
        timeoutSeconds: timeouts.rolloutSeconds,
        ...(plan.room === undefined ? {} : { room: plan.room }),
        ...(plan.autoscaler === undefined ? {} : { autoscalerKey: autoscalerKey() }),
        ...(withdraw ? { withdraw: { minimum: plan.minimum } } : {}),
      },
    ],
  );
  if (withdraw && result.outcome === 'complete') {
    noteScaling(progress, { deployment, planned: to.stable, found: result.progress.desired });
  }
  const isCanary = to.canary > 0;
  return rolledOut(result, {
    deployment: isCanary ? trackDeployment(deployment, 'canary') : deployment,
    image: isCanary ? plan.to : stableImage,
  });
}
