/**
 * Who may take a target next. The lock itself is a workflow ID, so a wrong answer here costs order and never
 * exclusion. First go rollbacks, then what supersedes (the newest only), then the others as they came.
 */

export type QueueRank = 'rollback' | 'supersede' | 'wait';

/** A workflow that waits for a target. */
export interface Waiting {
  /** Its workflow ID. */
  readonly release: string;
  readonly runId: string;
  readonly rank: QueueRank;
  /** When it was started; ISO 8601 (UTC), as all times here. */
  readonly startedAt: string;
}

/** The release that has the target. */
export interface Holding {
  readonly release: string;
  /** Absent: one that would not have waited. */
  readonly rank?: QueueRank;
  /** When the release was started, which may be long before it got the target. */
  readonly askedAt: string;
}

export type QueueMove =
  | { readonly move: 'go' }
  /** Until this one has ended, or else the holder. Place 1 goes next. */
  | { readonly move: 'wait'; readonly place: number; readonly behind?: Waiting }
  /** Ask the holder to abort, and wait until it has ended. */
  | { readonly move: 'stop' }
  | { readonly move: 'refuse' }
  | { readonly move: 'superseded'; readonly by: string };

const order: readonly QueueRank[] = ['rollback', 'supersede', 'wait'];

/** `others` are those that wait beside `self`; `holder` is absent when the target is free. */
export function decideMove(
  self: Waiting,
  holder: Holding | undefined,
  others: readonly Waiting[],
): QueueMove {
  const newer = newerSuperseder(self, holder, others);
  if (newer !== undefined) return { move: 'superseded', by: newer };
  // Lists are a moment behind: the holder may still stand in them.
  const ahead = others
    .filter((other) => other.release !== holder?.release && isBefore(other, self))
    .sort(byTurn);
  const [first] = ahead;
  if (holder === undefined) {
    // The first of them is about to have the target: it counts as its holder.
    return first === undefined ? { move: 'go' } : { move: 'wait', place: ahead.length, behind: first };
  }
  const wait = { move: 'wait', place: ahead.length + 1 } as const;
  if (self.rank === 'wait' || first !== undefined) return wait;
  if (holder.rank !== 'rollback') return { move: 'stop' };
  // Two rollbacks would undo each other; and what supersedes a release must not stop its rescue.
  return self.rank === 'rollback' ? { move: 'refuse' } : wait;
}

/** Of several that supersede, the newest is what people want now. */
function newerSuperseder(
  self: Waiting,
  holder: Holding | undefined,
  others: readonly Waiting[],
): string | undefined {
  if (self.rank !== 'supersede') return undefined;
  const [newest] = others.filter(({ rank }) => rank === 'supersede').sort(byTurn);
  if (newest !== undefined && isBefore(newest, self)) return newest.release;
  const isNewer = holder?.rank === 'supersede' && holder.askedAt > self.startedAt;
  return isNewer ? holder.release : undefined;
}

function isBefore(one: Waiting, other: Waiting): boolean {
  return byTurn(one, other) < 0;
}

function byTurn(a: Waiting, b: Waiting): number {
  const rank = order.indexOf(a.rank) - order.indexOf(b.rank);
  if (rank !== 0) return rank;
  const time = compare(a.startedAt, b.startedAt) || compare(a.release, b.release);
  return a.rank === 'supersede' ? -time : time;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
