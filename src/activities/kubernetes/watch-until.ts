/** A wait for something that a watch shows, with the manners that all waits share. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { Context } from '@temporalio/activity';
import { failureTypes } from '../../domain/failures.ts';
import { createAlarm } from './alarm.ts';
import { failure, messageOf, statusOf } from './failures.ts';
import type { Place } from './failures.ts';
import type { Reflector } from './reflector.ts';

/** Often enough that a cancellation arrives soon and a dead worker is noticed. */
const heartbeatSeconds = 5;

export interface WatchedView<T> {
  readonly reflectors: readonly Reflector<KubernetesObject>[];
  /** The answer, once there is one; asked after every change, and only while all reflectors are current. */
  readonly look: () => T | undefined;
  /** For heartbeats. */
  readonly progress?: () => unknown;
}

export interface WatchUntilOptions<T> {
  readonly place: Place;
  /** What is waited for, for messages: completes "… could not be seen to its end". */
  readonly what: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** So long it lasts at least from whenever the cluster can be seen again. */
  readonly anewSeconds?: number;
  readonly start: (onChange: () => void, signal: AbortSignal) => WatchedView<T>;
}

/**
 * `undefined` when there is no answer by the deadline, nor in a list that is made then: a watch may have died in
 * silence. An API server that is away decides nothing:
 * it is waited for, and when it is still away at the deadline this throws `ClusterUnreachable`.
 * A right that is missing from the start throws as it came. Heartbeats; ends on cancellation.
 */
export async function watchUntil<T>({
  place,
  what,
  deadline: first,
  anewSeconds,
  start,
}: WatchUntilOptions<T>): Promise<T | undefined> {
  const context = Context.current();
  const stop = new AbortController();
  const alarm = createAlarm();
  const view = start(alarm.ring, stop.signal);
  let hasSeen = false;
  let isConfirmed = false;
  let deadline = first;
  let wasCurrent = false;
  try {
    for (;;) {
      if (context.cancellationSignal.aborted) return await context.cancelled;
      const isCurrent = view.reflectors.every((reflector) => reflector.isCurrent());
      hasSeen ||= isCurrent;
      if (anewSeconds !== undefined && isCurrent && !wasCurrent && !isConfirmed)
        deadline = Math.max(deadline, Date.now() + anewSeconds * 1000);
      wasCurrent = isCurrent;
      const answer = isCurrent ? view.look() : undefined;
      context.heartbeat(view.progress?.());
      if (answer !== undefined) return answer;
      const isOver = Date.now() >= deadline;
      if (!isCurrent) throwTrouble({ view, place, what, hasSeen, isOver });
      if (isOver && isCurrent) {
        if (isConfirmed) return undefined;
        isConfirmed = true;
        for (const reflector of view.reflectors) reflector.refresh();
      }
      await alarm.wait(nextLook(deadline), context.cancellationSignal);
    }
  } finally {
    stop.abort();
  }
}

/** Past the deadline only a list that is under way is waited for. */
function nextLook(deadline: number): number {
  const left = deadline - Date.now();
  return left > 0 ? Math.min(left, heartbeatSeconds * 1000) : heartbeatSeconds * 1000;
}

interface Trouble {
  readonly view: WatchedView<unknown>;
  readonly place: Place;
  readonly what: string;
  readonly hasSeen: boolean;
  readonly isOver: boolean;
}

/** A right that is missing from the start stays missing; one that a restarting server denies comes back. */
function throwTrouble({ view, place, what, hasSeen, isOver }: Trouble): void {
  const trouble: unknown = view.reflectors
    .map((reflector) => reflector.trouble())
    .find((each) => each !== undefined);
  if (statusOf(trouble) === 403 && (!hasSeen || isOver)) throw trouble;
  if (trouble === undefined || !isOver) return;
  const message = `${what} could not be seen to its end: ${messageOf(trouble)}. Check that the cluster is up; the wait goes on when it is.`;
  throw failure(failureTypes.clusterUnreachable, place, message, true);
}
