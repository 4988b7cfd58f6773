/**
 * What every release has in common, whatever its strategy: it can be aborted at any moment, everything
 * it changed is put back when it does not reach its end, and its outcome is said once, everywhere.
 */
import { isCancellation } from '@temporalio/workflow';
import { failureTypes, type FailureType } from '../domain/failures.ts';
import type { Outcome, ReleaseStatus } from '../domain/status.ts';
import type { Target, TargetRef } from '../domain/target.ts';
import { versionOf } from '../domain/version-of.ts';
import { Abort } from './abort.ts';
import { seeTo } from './aftermath.ts';
import { clusterActivities, type ClusterActivities } from './activity-options.ts';
import { Announcer } from './announcer.ts';
import { Compensations, type Leftover } from './compensations.ts';
import { Control } from './control.ts';
import { advice, diagnoseFailure } from './diagnose.ts';
import { releaseEndings, type Endings } from './endings.ts';
import { failure, reasonOf, typeOf } from './failure.ts';
import { handlersFinished } from './handlers-finished.ts';
import { Listener } from './listen.ts';
import { cancelledWords, endUnchanged, lookUp } from './look-up.ts';
import { countFailedCompensations } from './metrics.ts';
import { now, type Progress } from './progress.ts';

/** People were asked, and did not let it go on. */
const declinedTypes = [failureTypes.rejected, failureTypes.approvalExpired] as const;

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
  const { outcome, reason } = endings.succeeded(stage, seconds);
  await stage.announcer.settled();
  return seeTo(stage, await stage.progress.finish(outcome, reason), !stage.undo.isEmpty);
}

/** Puts things back, says so everywhere, and answers what the workflow must throw. */
async function failed(error: unknown, abort: Abort, stage: Ended, endings: Endings): Promise<unknown> {
  const { progress, announcer, undo } = stage;
  const cancelled = abort.reason === undefined && isCancellation(error);
  // More follows: a sentence that ends already would get a second full stop.
  const reason = (abort.reason ?? (cancelled ? cancelledWords : reasonOf(error))).replace(/\.$/, '');
  const changed = !undo.isEmpty;
  const stopped = cancelled || abort.reason !== undefined;
  const diagnosis = stopped || !changed ? undefined : await diagnoseFailure(stage, error);
  const ending = await unwind({ reason, error, stopped }, stage, endings);
  announcer.update(ending.announcement);
  if (changed) announcer.broadcast('outcome', ending.announcement);
  await announcer.settled();
  const message = [ending.message, ...advice(diagnosis)].join(' ');
  const status = await seeTo(stage, await progress.finish(ending.outcome, message), changed);
  // A cancelled workflow that was put back ends as cancelled: that is what the person who cancelled it looks for.
  return cancelled && ending.outcome === 'aborted' ? error : failure(ending.type, message, status);
}

interface Ending {
  readonly outcome: Outcome;
  readonly type: FailureType;
  readonly message: string;
  /** What Slack is told. */
  readonly announcement: string;
}

/** Puts everything back and decides how the release ended. */
async function unwind(
  { reason, error, stopped }: { readonly reason: string; readonly error: unknown; readonly stopped: boolean },
  stage: Stage,
  endings: Endings,
): Promise<Ending> {
  const { target, progress, undo } = stage;
  if (undo.isEmpty) {
    const refused = typeOf(error) === failureTypes.refused;
    const declined = declinedTypes.find((type) => type === typeOf(error));
    const message = refused ? reasonOf(error) : `${reason}. Nothing was changed.`;
    const announcement = endings.stopped(stage, reason);
    if (stopped) return { outcome: 'aborted', type: failureTypes.aborted, message, announcement };
    if (declined !== undefined) return { outcome: 'refused', type: declined, message, announcement };
    if (refused) return { outcome: 'refused', type: failureTypes.refused, message, announcement };
    return { outcome: 'failed', type: failureTypes.failed, message, announcement };
  }

  const version = versionOf(progress.status.from ?? 'the recorded state');
  const leftovers = await progress.step(endings.backStep, () => undo.run(), {
    lasting: true,
    next: `back to ${version}; this cannot be stopped, and is tried until the cluster answers`,
    done: (left) => (left.length === 0 ? `back on ${version}` : `${left.length} left undone`),
  });
  const where = `${target.service.displayName} in ${target.environment.name}`;
  countFailedCompensations(leftovers.length, target);
  if (leftovers.length === 0) {
    const returned = endings.returned(stage, version, reason);
    return {
      ...returned,
      ...(stopped ? { outcome: 'aborted', type: failureTypes.aborted } : {}),
      message: `${reason}. ${where} is back on ${version}.`,
    };
  }
  const list = leftovers.map(leftoverWords).join(' ');
  const changed = leftovers.every((left) => left.type === failureTypes.changedByOther);
  return {
    outcome: changed ? 'failed' : 'rollbackFailed',
    type: changed ? failureTypes.changedByOther : failureTypes.rollbackFailed,
    message: `${reason}. ${where} could not be returned to ${version}: ${list}`,
    announcement: endings.notReturned(stage, version, `${reason}. ${list}`),
  };
}

function leftoverWords({ name, error, byHand }: Leftover): string {
  return `${name}: ${error}. By hand: ${byHand}.`;
}
