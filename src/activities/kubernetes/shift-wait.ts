/** One wait of a shift of traffic. */
import type { RolloutResult } from '../../domain/rollout-result.ts';
import type { ReplicaPair } from '../../domain/track.ts';
import { awaitEndpoints } from './await-endpoints.ts';
import { awaitRollout } from './await-rollout.ts';
import type { ClusterClients } from './clients.ts';
import { nameOf } from './shift-phases.ts';
import type { ShiftTrafficInput } from './types.ts';

/** A scheduler says within a second or two that no node takes a pod. */
const hastyNodePatienceSeconds = 10;

interface Wait {
  /** Until the Service has exactly this many; a side left out may have any. */
  readonly ready: Partial<ReplicaPair>;
  /** There is another way than to wait for a node. */
  readonly isHasty: boolean;
}

/** First the pods, whose failures have names; then the Service's endpoints, which prove the traffic. */
export async function awaitShift(
  clients: ClusterClients,
  { target, images, withdraw, timeoutSeconds }: ShiftTrafficInput,
  { ready, isHasty }: Wait,
): Promise<RolloutResult> {
  const time = {
    timeoutSeconds,
    ...(withdraw === undefined ? {} : { startedAt: Date.now(), isReturn: true as const }),
  };
  const patience = isHasty ? { nodePatienceSeconds: hastyNodePatienceSeconds } : {};
  const sides = (['canary', 'stable'] as const).filter((side) => ready[side] !== undefined);
  for (const side of sides.filter((each) => (ready[each] ?? 0) > 0)) {
    const service = { ...target.service, deployment: nameOf(target, side) };
    const image = images[side];
    const subject = { target: { ...target, service }, image };
    const result = await awaitRollout(clients, { ...subject, ...time, ...patience });
    if (result.outcome !== 'complete') return result;
  }
  const expected = sides.map((side) => ({ deployment: nameOf(target, side), ready: ready[side] ?? 0 }));
  const others = sides.length === 2 ? 'none' : 'any';
  const proof = await awaitEndpoints(clients, { target, expected, others, ...time });
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
