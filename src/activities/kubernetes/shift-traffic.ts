import { Context } from '@temporalio/activity';
import type { RolloutResult } from '../../domain/rollout-result.ts';
import { surge, withdraw, type SurgePhase } from '../../domain/surge.ts';
import { trackDeployment, type ReplicaPair } from '../../domain/track.ts';
import { awaitEndpoints } from './await-endpoints.ts';
import { awaitRollout } from './await-rollout.ts';
import type { ClusterClients } from './clients.ts';
import { pauseAutoscaler } from './pause-autoscaler.ts';
import { scaleDeployment } from './scale-deployment.ts';
import { scaledByOther, type Scaling } from './scaled-by-other.ts';
import type { ShiftTrafficInput } from './types.ts';
import { unlessMissing } from './unless-missing.ts';

type Side = keyof ReplicaPair;

/**
 * Idempotent by reading where it stands: a repeated call goes on from there, and one that has nothing
 * to do only proves it. A canary that is not there counts as none. The time counts from when the
 * activity was first scheduled. Throws what its parts throw.
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
  let last: RolloutResult | undefined;
  for (const phase of await phasesOf(clients, { ...input, to })) {
    const result = await take(clients, input, phase);
    if (result !== undefined && result.outcome !== 'complete') {
      // Scaled in the middle of a wait, it can never hold what was expected.
      const late = input.withdraw === undefined ? await findScaling(clients, input) : undefined;
      return late === undefined ? result : overtaken(input, late);
    }
    last = result ?? last;
  }
  const { stable, canary } = to;
  const desired = stable + canary;
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  const old = last?.progress.old ?? 0;
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

/** The last one proves where it stands, also when nothing had to move. */
async function phasesOf(
  clients: ClusterClients,
  { target, to, room, withdraw: leaving }: ShiftTrafficInput,
): Promise<readonly SurgePhase[]> {
  const { deployment } = target.service;
  const { namespace } = target.environment;
  const podsOf = async (name: string) => {
    const read = await unlessMissing(() => clients.apps.readNamespacedDeployment({ name, namespace }));
    const asked = read === undefined ? 0 : (read.spec?.replicas ?? 1);
    return { asked, ready: Math.min(asked, read?.status?.availableReplicas ?? 0) };
  };
  const stable = await podsOf(deployment);
  const canary = await podsOf(trackDeployment(deployment, 'canary'));
  const now: ReplicaPair = { stable: stable.asked, canary: canary.asked };
  if (leaving !== undefined) {
    const goal = { replicas: to.stable, minimum: leaving.minimum };
    // What an earlier try only asked for serves nobody yet.
    return withdraw(now, goal, { ready: stable.ready, ...(room === undefined ? {} : { room }) });
  }
  return [...surge(now, to, room), { kind: 'await', ready: to }];
}

/** Answers the result of a wait; scaling has none. */
async function take(
  clients: ClusterClients,
  input: ShiftTrafficInput,
  phase: SurgePhase,
): Promise<RolloutResult | undefined> {
  if (phase.kind === 'await') return waitFor(clients, input, phase.ready);
  const { target, autoscalerKey } = input;
  const deployment = nameOf(input, phase.side);
  if (phase.side === 'stable' && autoscalerKey !== undefined) {
    // Pinned to the old number, an autoscaler would undo the new one.
    await pauseAutoscaler(clients, { target, replicas: phase.to, key: autoscalerKey });
  }
  if (phase.side === 'canary' && phase.to === 0) {
    // It may be gone already.
    await unlessMissing(() => scaleDeployment(clients, { target, deployment, replicas: 0 }));
  } else {
    await scaleDeployment(clients, { target, deployment, replicas: phase.to });
  }
  return undefined;
}

/** First the pods, whose failures have names; then the Service's endpoints, which prove the traffic. */
async function waitFor(
  clients: ClusterClients,
  input: ShiftTrafficInput,
  ready: Partial<ReplicaPair>,
): Promise<RolloutResult> {
  const { target, images, timeoutSeconds } = input;
  const sides = (['canary', 'stable'] as const).filter((side) => ready[side] !== undefined);
  for (const side of sides.filter((each) => (ready[each] ?? 0) > 0)) {
    const service = { ...target.service, deployment: nameOf(input, side) };
    const image = images[side];
    const result = await awaitRollout(clients, { target: { ...target, service }, image, timeoutSeconds });
    if (result.outcome !== 'complete') return result;
  }
  const expected = sides.map((side) => ({ deployment: nameOf(input, side), ready: ready[side] ?? 0 }));
  const others = sides.length === 2 ? 'none' : 'any';
  const proof = await awaitEndpoints(clients, { target, expected, others, timeoutSeconds });
  const pods = expected.reduce((sum, each) => sum + each.ready, 0);
  const progress = { desired: pods, updated: pods, available: pods, old: 0 };
  if (proof.outcome === 'proven') return { outcome: 'complete', progress, seconds: proof.seconds };
  const seen = (name: string): number => proof.seen.find((each) => each.deployment === name)?.ready ?? 0;
  const available = expected.reduce((sum, each) => sum + Math.min(each.ready, seen(each.deployment)), 0);
  const reached = { ...progress, available };
  if (proof.outcome === 'failed') {
    const { rule, reason, evidence } = proof;
    return { outcome: 'failed', rule, reason, evidence, progress: reached };
  }
  const evidence = proof.seen.map((each) => ({
    subject: each.deployment,
    detail: `${each.ready} ready endpoints`,
  }));
  return { outcome: 'timedOut', reason: proof.reason, evidence, progress: reached };
}

function nameOf({ target }: ShiftTrafficInput, side: Side): string {
  const { deployment } = target.service;
  return side === 'stable' ? deployment : trackDeployment(deployment, 'canary');
}
