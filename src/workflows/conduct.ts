/**
 * What every release has in common, whatever its strategy: it can be aborted at any moment, everything
 * it changed is put back when it does not reach its end, and its outcome is said once, everywhere.
 */
import { CancelledFailure, isCancellation, patched } from '@temporalio/workflow';
import type { ReleaseStatus } from '../domain/status.ts';
import type { Target, TargetRef } from '../domain/target.ts';
import { Abort } from './abort.ts';
import { clusterActivities, type ClusterActivities } from './activity-options.ts';
import { Announcer } from './announcer.ts';
import { Compensations } from './compensations.ts';
import { conclude } from './conclude.ts';
import { Control } from './control.ts';
import { advice, diagnoseFailure } from './diagnose.ts';
import { releaseEndings, type Endings } from './endings.ts';
import { failure, reasonOf } from './failure.ts';
import { handlersFinished } from './handlers-finished.ts';
import { Listener } from './listen.ts';
import { cancelledWords, endUnchanged, lookUp } from './look-up.ts';
import { now, type Progress } from './progress.ts';
import { unwind } from './unwind.ts';

/** What a strategy's story works with. */
export interface Stage {
  readonly target: Target;
  readonly progress: Progress;
  readonly cluster: ClusterActivities;
  readonly undo: Compensations;
  readonly announcer: Announcer;
  readonly control: Control;
  readonly listener: Listener;
}

export async function conduct(
  ref: TargetRef,
  progress: Progress,
  story: (stage: Stage) => Promise<void>,
  endings: Endings = releaseEndings,
): Promise<ReleaseStatus> {
  const startedAt = now();
  const listener = new Listener(progress);
  const abort = new Abort(listener);
  const control = new Control(listener, progress);
  listener.open();
  try {
    const stage = { ...(await setStage(ref, progress, abort)), control, listener };
    try {
      await abort.scope.run(() => story(stage));
      // Who was told that it stops must not find it released: the last activity may have been the quicker one.
      if (abort.isStopped && patched('stop-wins')) throw new CancelledFailure(cancelledWords);
      listener.close('the release is at its end already');
    } catch (error) {
      listener.close('the release is being put back, or is at its end already');
      throw await failed(error, abort, { ...stage, startedAt }, endings);
    }
    return await succeeded({ ...stage, startedAt }, endings);
  } finally {
    await handlersFinished();
  }
}

async function setStage(
  ref: TargetRef,
  progress: Progress,
  abort: Abort,
): Promise<Omit<Stage, 'control' | 'listener'>> {
  try {
    const target = await abort.scope.run(() => lookUp(ref));
    progress.at(target.environment);
    return {
      target,
      progress,
      cluster: clusterActivities(target, 'bounded'),
      undo: new Compensations(),
      announcer: new Announcer(target, progress),
    };
  } catch (error) {
    throw await endUnchanged(error, progress, abort.reason);
  }
}

interface Ended extends Stage {
  readonly startedAt: string;
}

async function succeeded(stage: Ended, endings: Endings): Promise<ReleaseStatus> {
  const seconds = (Date.parse(now()) - Date.parse(stage.startedAt)) / 1_000;
  const { outcome, reason, changed = !stage.undo.isEmpty } = endings.succeeded(stage, seconds);
  return conclude(stage, { outcome, reason, changed });
}

/** Puts things back, says so everywhere, and answers what the workflow must throw. */
async function failed(error: unknown, abort: Abort, stage: Ended, endings: Endings): Promise<unknown> {
  const { progress, announcer, undo } = stage;
  const cancelled = abort.reason === undefined && isCancelled(error, abort);
  // More follows: a sentence that ends already would get a second full stop.
  const reason = (abort.reason ?? (cancelled ? cancelledWords : reasonOf(error))).replace(/\.$/, '');
  const changed = !undo.isEmpty;
  const stopped = cancelled || abort.reason !== undefined;
  const diagnosis = stopped || !changed ? undefined : await diagnoseFailure(stage, error);
  const ending = await unwind({ reason, error, stopped }, stage, endings);
  announcer.update(ending.announcement);
  if (changed) announcer.broadcast('outcome', ending.announcement);
  progress.set({ changed });
  const status = await conclude(stage, {
    outcome: ending.outcome,
    reason: [ending.message, ...advice(ending.diagnosis ?? diagnosis)].join(' '),
    changed,
    alarmed: ending.alarmed,
  });
  // A cancelled workflow that was put back ends as cancelled: that is what the person who cancelled it looks for.
  if (cancelled && ending.outcome === 'aborted')
    return isCancellation(error) ? error : new CancelledFailure(cancelledWords);
  return failure(ending.type, status.reason ?? ending.message, status);
}

/** Also when what ran at that moment ended in another way, for example because its time was over. */
function isCancelled(error: unknown, abort: Abort): boolean {
  return isCancellation(error) || (abort.isStopped && patched('stop-wins'));
}
