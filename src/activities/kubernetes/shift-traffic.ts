import { Context } from '@temporalio/activity';
import type { RolloutProgress, RolloutResult } from '../../domain/rollout-result.ts';
import { lessRoom, type SurgePhase } from '../../domain/surge.ts';
import type { ReplicaPair } from '../../domain/track.ts';
import { podsOf } from '../../domain/weights.ts';
import type { ClusterClients } from './clients.ts';
import { pauseAutoscaler } from './pause-autoscaler.ts';
import { scaleDeployment } from './scale-deployment.ts';
import { scaledByOther, type Scaling } from './scaled-by-other.ts';
import { nameOf, phasesOf, placedPods } from './shift-phases.ts';
import { awaitShift } from './shift-wait.ts';
import type { ShiftTrafficInput } from './types.ts';
import { unlessMissing } from './unless-missing.ts';

/** Name of the rule; see rollout-pod-rules.ts. */
const unschedulableRule = 'unschedulable';

const nobody: RolloutProgress = { desired: 0, updated: 0, available: 0, old: 0 };

/**
 * Idempotent by reading where it stands: a repeated call goes on from there, and one that has nothing
 * to do only proves it. A canary that is not there counts as none. The time counts from when the
 * activity was first scheduled; of a withdrawal, which must come to its end, each wait has its own.
 * Throws what its parts throw.
 */
export async function shiftTraffic(
  clients: ClusterClients,
  input: ShiftTrafficInput,
): Promise<RolloutResult> {
  const startedAt = Context.current().info.scheduledTimestampMs;
  const scaling = await findScaling(clients, input);
  if (scaling !== undefined && input.withdraw === undefined) return overtaken(input, scaling);
  const to = scaling === undefined ? input.to : { ...input.to, stable: scaling.replicas };
  await holdAutoscaler(clients, input);
  const last = await move(clients, { ...input, to });
  if (last.outcome !== 'complete') {
    // Scaled in the middle of a wait, it can never hold what was expected.
    const late = input.withdraw === undefined ? await findScaling(clients, input) : undefined;
    return late === undefined ? last : overtaken(input, late);
  }
  const desired = podsOf(to);
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  const { old } = last.progress;
  return { outcome: 'complete', progress: { desired, updated: desired, available: desired, old }, seconds };
}

async function findScaling(clients: ClusterClients, input: ShiftTrafficInput): Promise<Scaling | undefined> {
  const { target } = input;
  const ref = { name: target.service.deployment, namespace: target.environment.namespace };
  return scaledByOther(await clients.apps.readNamespacedDeployment(ref), input);
}

function overtaken({ target, from }: ShiftTrafficInput, { replicas, by }: Scaling): RolloutResult {
  const left = from === undefined ? '' : ` from ${from.stable}`;
  const reason = `Deployment ${target.service.deployment} was scaled${left} to ${replicas} during the release, by ${by}`;
  return { outcome: 'changed', reason, progress: { desired: replicas, updated: 0, available: 0, old: 0 } };
}

/**
 * At the replicas that are there: Helm may have written its own number since the last shift, and an autoscaler
 * that is still held at that one's would take the pods away again. What it took before this, the phases see.
 */
async function holdAutoscaler(
  clients: ClusterClients,
  { target, autoscalerKey: key }: ShiftTrafficInput,
): Promise<void> {
  if (key === undefined) return;
  const name = target.service.deployment;
  const { spec } = await clients.apps.readNamespacedDeploymentScale({
    name,
    namespace: target.environment.namespace,
  });
  await pauseAutoscaler(clients, { target, replicas: spec?.replicas ?? 0, key });
}

/**
 * Pods that no node takes give their room back, and the rest moves in rounds of as many as do fit: what is
 * there already need not leave for want of a node.
 */
async function move(clients: ClusterClients, input: ShiftTrafficInput): Promise<RolloutResult> {
  const isFailing = input.withdraw !== undefined;
  let room = input.room ?? Infinity;
  // Users meet a failing version for as long as it is waited for a node.
  let isHasty = isFailing && room > 1;
  for (;;) {
    const result = await takeEach(clients, input, { phases: await phasesOf(clients, input, room), isHasty });
    if (result.outcome !== 'failed' || result.rule !== unschedulableRule) return result;
    const placed = await placedPods(clients, input);
    const less = lessRoom(room, { placed: podsOf(placed), replicas: podsOf(input.to), isFailing });
    if (less === undefined) return result;
    room = less;
    isHasty = false;
    await scale(clients, input, { side: 'canary', to: placed.canary });
    await scale(clients, input, { side: 'stable', to: placed.stable });
  }
}

interface Way {
  readonly phases: readonly SurgePhase[];
  readonly isHasty: boolean;
}

/** The first wait that does not end well, else the last one. */
async function takeEach(
  clients: ClusterClients,
  input: ShiftTrafficInput,
  { phases, isHasty }: Way,
): Promise<RolloutResult> {
  let last: RolloutResult = { outcome: 'complete', progress: nobody, seconds: 0 };
  for (const phase of phases) {
    if (phase.kind === 'scale') {
      await scale(clients, input, phase);
      continue;
    }
    // Once all of the canary is leaving, its room comes free by itself.
    const isLeaving = phase.ready.canary !== undefined;
    last = await awaitShift(clients, input, { ready: phase.ready, isHasty: isHasty && !isLeaving });
    if (last.outcome !== 'complete') return last;
  }
  return last;
}

async function scale(
  clients: ClusterClients,
  input: ShiftTrafficInput,
  { side, to: replicas }: { readonly side: keyof ReplicaPair; readonly to: number },
): Promise<void> {
  const { target, autoscalerKey: key } = input;
  const deployment = nameOf(target, side);
  if (side === 'stable' && key !== undefined) {
    // Pinned to the old number, an autoscaler would undo the new one.
    await pauseAutoscaler(clients, { target, replicas, key });
  }
  if (side === 'canary' && replicas === 0) {
    // It may be gone already.
    await unlessMissing(() => scaleDeployment(clients, { target, deployment, replicas }));
  } else {
    await scaleDeployment(clients, { target, deployment, replicas });
  }
}
