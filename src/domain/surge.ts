/**
 * How to get from one pair of replicas to another without ever serving from fewer pods than the
 * smaller of both: new pods first, wait until the Service has them, and only then fewer of the old.
 * The same in both directions, from every step.
 */
import type { ReplicaPair } from './track.ts';
import { podsOf } from './weights.ts';

export type SurgePhase =
  | { readonly kind: 'scale'; readonly side: keyof ReplicaPair; readonly to: number }
  /** Until the Service has exactly this many ready pods of each side; a side left out may have any. */
  | { readonly kind: 'await'; readonly ready: Partial<ReplicaPair> };

/**
 * The phases in order; none when both are the same. `room` is how many pods the namespace can take
 * beyond those of the larger pair: little room means more rounds. At least one is needed.
 */
export function surge(from: ReplicaPair, to: ReplicaPair, room = Infinity): readonly SurgePhase[] {
  const most = Math.max(podsOf(from), podsOf(to)) + Math.max(1, room);
  const least = Math.min(podsOf(from), podsOf(to));
  const phases: SurgePhase[] = [];
  let now = from;
  while (now.stable !== to.stable || now.canary !== to.canary) {
    const grown = moved(now, to, 'up', most - podsOf(now));
    phases.push(...scalings(now, grown));
    const drained = moved(grown, to, 'down', podsOf(grown) - least);
    phases.push(...scalings(grown, drained));
    now = drained;
  }
  return phases;
}

/**
 * How a failing canary leaves. At once, while stable scales back up, when stable alone still meets the
 * declared minimum; otherwise stable is scaled up first. Nobody waits for the canary to become ready.
 */
export function withdraw(
  now: ReplicaPair,
  goal: { readonly replicas: number; readonly minimum: number },
): readonly SurgePhase[] {
  const { replicas } = goal;
  const stable: readonly SurgePhase[] =
    now.stable === replicas ? [] : [{ kind: 'scale', side: 'stable', to: replicas }];
  const leave: SurgePhase = { kind: 'scale', side: 'canary', to: 0 };
  const done: SurgePhase = { kind: 'await', ready: { stable: replicas, canary: 0 } };
  if (leavesAtOnce(now, goal)) return [leave, ...stable, done];
  return [...stable, { kind: 'await', ready: { stable: replicas } }, leave, done];
}

/** Whether stable alone may serve until it is scaled up again. A Service is never left without a pod. */
export function leavesAtOnce(
  now: ReplicaPair,
  { replicas, minimum }: { readonly replicas: number; readonly minimum: number },
): boolean {
  return now.stable >= Math.max(1, Math.min(minimum, replicas));
}

/** Most pods beyond `replicas` that the transitions between these pairs hold at a time. */
export function surgeNeeded(pairs: readonly ReplicaPair[], replicas: number): number {
  const extra = pairs.slice(1).map((to, index) => {
    const from = pairs[index] ?? to;
    return Math.max(from.stable, to.stable) + Math.max(from.canary, to.canary) - replicas;
  });
  return Math.max(0, ...extra);
}

/** One direction's part of the way, over both sides, by no more than `allowed` pods. */
function moved(now: ReplicaPair, to: ReplicaPair, way: 'up' | 'down', allowed: number): ReplicaPair {
  const sign = way === 'up' ? 1 : -1;
  const wanted = (side: keyof ReplicaPair) => Math.max(0, sign * (to[side] - now[side]));
  const canary = Math.min(wanted('canary'), allowed);
  const stable = Math.min(wanted('stable'), allowed - canary);
  return { stable: now.stable + sign * stable, canary: now.canary + sign * canary };
}

function scalings(from: ReplicaPair, to: ReplicaPair): readonly SurgePhase[] {
  const sides = (['canary', 'stable'] as const).filter((side) => from[side] !== to[side]);
  if (sides.length === 0) return [];
  return [
    ...sides.map((side) => ({ kind: 'scale' as const, side, to: to[side] })),
    { kind: 'await', ready: to },
  ];
}
