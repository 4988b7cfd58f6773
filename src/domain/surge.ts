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
 * The phases in order; none when both are the same. Where it starts may be the middle of an earlier try:
 * nothing is drained before all that is there is ready. `room` is how many pods fit beyond those of `to`:
 * little room means more rounds. At least one is needed.
 */
export function surge(from: ReplicaPair, to: ReplicaPair, room = Infinity): readonly SurgePhase[] {
  const most = Math.max(podsOf(from), podsOf(to) + Math.max(1, room));
  const least = Math.min(podsOf(from), podsOf(to));
  const phases: SurgePhase[] = [];
  let now = from;
  while (!same(now, to)) {
    const grown = moved(now, to, 'up', most - podsOf(now));
    const drained = moved(grown, to, 'down', podsOf(grown) - least);
    if (!same(now, grown) || phases.length === 0)
      phases.push(...scalings(now, grown), { kind: 'await', ready: grown });
    if (!same(grown, drained)) phases.push(...scalings(grown, drained), { kind: 'await', ready: drained });
    now = drained;
  }
  return phases;
}

/** What a failing canary is measured by. */
export interface WithdrawGoal {
  /** Pods of stable in the end. */
  readonly replicas: number;
  /** Declared minimum: so few may serve for a while. */
  readonly minimum: number;
}

/**
 * How a failing canary leaves. At once, while stable scales back up, when the pods of stable that are
 * `ready` already meet the declared minimum alone; otherwise its pods that serve nobody go first, for they
 * take room, and stable is scaled up, in as many rounds as the `room` beyond the replicas asks for. Nobody
 * waits for the canary to become ready. Without any room one of its pods makes way for one of stable's,
 * and so many fewer serve until that one does.
 */
export function withdraw(
  now: ReplicaPair,
  goal: WithdrawGoal,
  { ready, room = Infinity }: { readonly ready: ReplicaPair; readonly room?: number },
): readonly SurgePhase[] {
  const { replicas } = goal;
  const end = { stable: replicas, canary: 0 };
  const leave = (stable: number): readonly SurgePhase[] => [
    { kind: 'scale', side: 'canary', to: 0 },
    ...scalings({ stable, canary: 0 }, end),
    { kind: 'await', ready: end },
  ];
  if (leavesAtOnce(ready.stable, goal)) return leave(now.stable);
  const most = replicas + room;
  const way = room > 0 ? 0 : 1;
  const rounds: SurgePhase[] = [];
  let { stable } = now;
  let canary = Math.min(now.canary, ready.canary);
  const idle = scalings(now, { stable, canary });
  while (stable < replicas) {
    if (stable + canary >= most) {
      // One for one: what is ready of stable takes the place of the canary's pods.
      if (rounds.length === 0) rounds.push({ kind: 'await', ready: { stable } });
      canary = replicas - stable - way;
      rounds.push({ kind: 'scale', side: 'canary', to: canary });
    }
    stable = Math.min(replicas, most - canary);
    rounds.push({ kind: 'scale', side: 'stable', to: stable }, { kind: 'await', ready: { stable } });
  }
  // Where stable has all its pods, they may still be on their way.
  if (rounds.length === 0) rounds.push({ kind: 'await', ready: { stable } });
  return [...idle, ...rounds, ...leave(stable)];
}

/**
 * With how much room to go on when nodes take no more pods than `placed`, where `room` was counted on;
 * `undefined` when there is no way with less than that. Only a failing canary needs none.
 */
export function lessRoom(
  room: number,
  { placed, replicas, isFailing }: { placed: number; replicas: number; isFailing: boolean },
): number | undefined {
  // Others may have taken the room meanwhile: it is not tried one by one.
  if (room > 1) return Math.max(1, Math.min(Math.floor(room / 2), placed - replicas));
  return room === 1 && isFailing ? 0 : undefined;
}

/** Whether stable alone may serve until it is scaled up again. A Service is never left without a pod. */
export function leavesAtOnce(ready: number, { replicas, minimum }: WithdrawGoal): boolean {
  return ready >= Math.max(1, Math.min(minimum, replicas));
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
  return (['canary', 'stable'] as const)
    .filter((side) => from[side] !== to[side])
    .map((side) => ({ kind: 'scale', side, to: to[side] }));
}

function same(one: ReplicaPair, other: ReplicaPair): boolean {
  return one.stable === other.stable && one.canary === other.canary;
}
