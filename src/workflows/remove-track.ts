/** A release's own Deployment goes; pods that take long to end do not hold the release up. */
import { patched, sleep } from '@temporalio/workflow';
import type { BlueGreenPlan } from '../domain/blue-green-plan.ts';
import { trackLabel } from '../domain/track.ts';
import type { PlannedTrack } from '../domain/track-plan.ts';
import type { ClusterActivities } from './activity-options.ts';
import type { Stage } from './conduct.ts';

export async function removeTrack(
  { target, progress }: Stage,
  cluster: ClusterActivities,
  { track, deployment }: PlannedTrack,
): Promise<void> {
  const { leaving = 0 } = await cluster.tracks.deleteTrack.executeWithOptions(
    { summary: `Remove ${deployment}` },
    [{ target, track }],
  );
  if (leaving === 0) return;
  const at = `-n ${target.environment.namespace}`;
  progress.note(
    `${leaving} ${leaving === 1 ? 'pod' : 'pods'} of ${deployment} get no requests any more and are still ending; ` +
      `the Deployment goes with the last one, and until then no other ${track} can be made. ` +
      `Where their node is gone for good: kubectl delete pod -l ${trackLabel}=${track} ${at} --force`,
  );
}

/** Every node's proxy must know that the Service left green before its pods go. `leftAt` in milliseconds since 1970. */
export async function keepGreen({ keepSeconds }: BlueGreenPlan, leftAt = Date.now()): Promise<void> {
  if (!patched('green-stays-after-the-switch')) return;
  const left = leftAt + keepSeconds * 1_000 - Date.now();
  if (left > 0) await sleep(left, { summary: `Green stays ${keepSeconds} s after the switch back` });
}
