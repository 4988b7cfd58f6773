/**
 * What every release has in common, whatever its strategy: it can be aborted at any moment, everything
 * it changed is put back when it does not reach its end, and its outcome is said once, everywhere.
 */
import { allHandlersFinished, condition, isCancellation } from '@temporalio/workflow';
import { deployedText, rollbackFailedText, rolledBackText, stoppedText } from '../domain/announcement.ts';
import { failureTypes, type FailureType } from '../domain/failures.ts';
import type { Outcome, ReleaseStatus } from '../domain/status.ts';
import type { Target, TargetRef } from '../domain/target.ts';
import { versionOf } from '../domain/version-of.ts';
import { Abort } from './abort.ts';
import { clusterActivities, configuration, type ClusterActivities } from './activity-options.ts';
import { Announcer } from './announcer.ts';
import { Compensations, type Leftover } from './compensations.ts';
import { failure, reasonOf, typeOf } from './failure.ts';
import { now, type Progress } from './progress.ts';

const cancelledWords = 'the workflow was cancelled';

/** Added to the steps when it is needed. */
const rollbackStep = 'Roll back';

/** What a strategy's story works with. */
export interface Stage {
  readonly target: Target;
  readonly progress: Progress;
  readonly cluster: ClusterActivities;
  readonly undo: Compensations;
  readonly announcer: Announcer;
}

export async function conduct(
  ref: TargetRef,
  progress: Progress,
  story: (stage: Stage) => Promise<void>,
): Promise<ReleaseStatus> {
  const startedAt = now();
  const abort = new Abort(progress);
  try {
    const stage = await setStage(ref, progress, abort);
    try {
      await abort.scope.run(() => story(stage));
      abort.close();
    } catch (error) {
      abort.close();
      throw await failed(error, abort, stage);
    }
    return await released(stage, startedAt);
  } finally {
    await condition(allHandlersFinished);
  }
}

async function setStage(
  { service, environment }: TargetRef,
  progress: Progress,
  abort: Abort,
): Promise<Stage> {
  try {
    const target = await abort.scope.run(() =>
      configuration.resolveTarget.executeWithOptions({ summary: `Look up ${service} in ${environment}` }, [
        { service, environment },
      ]),
    );
    return {
      target,
      progress,
      cluster: clusterActivities(target, 'bounded'),
      undo: new Compensations(),
      announcer: new Announcer(target, progress),
    };
  } catch (error) {
    if (isCancellation(error)) {
      const message = `${abort.reason ?? cancelledWords}. Nothing was changed.`;
      const status = await progress.finish('aborted', message);
      throw abort.reason === undefined ? error : failure(failureTypes.aborted, message, status);
    }
    const known = typeOf(error) === failureTypes.unknownTarget;
    const message = `${reasonOf(error)} Nothing was changed.`;
    const type = known ? failureTypes.unknownTarget : failureTypes.failed;
    throw failure(type, message, await progress.finish(known ? 'refused' : 'failed', message));
  }
}

async function released(stage: Stage, startedAt: string): Promise<ReleaseStatus> {
  const { target, progress, announcer } = stage;
  if (target.environment.announcement !== undefined) {
    const text = deployedText(
      { displayName: target.service.displayName, version: progress.status.version },
      {
        environment: target.environment.name,
        seconds: (Date.parse(now()) - Date.parse(startedAt)) / 1_000,
        warnings: progress.status.verification?.warnings ?? [],
      },
    );
    announcer.update(text);
    announcer.reply('outcome', text);
    await announcer.settled();
  }
  const { from, to, version } = progress.status;
  return progress.finish('released', `${from ?? 'nothing'} → ${to ?? version}, verified.`);
}

/** Puts things back, says so everywhere, and answers what the workflow must throw. */
async function failed(error: unknown, abort: Abort, stage: Stage): Promise<unknown> {
  const { progress, announcer, undo } = stage;
  const cancelled = abort.reason === undefined && isCancellation(error);
  const reason = abort.reason ?? (cancelled ? cancelledWords : reasonOf(error));
  const changed = !undo.isEmpty;
  const ending = await unwind(reason, error, cancelled || abort.reason !== undefined, undo, stage);
  announcer.update(ending.announcement);
  if (changed) announcer.broadcast('outcome', ending.announcement);
  await announcer.settled();
  const status = await progress.finish(ending.outcome, ending.message);
  // A cancelled workflow that was put back ends as cancelled: that is what the person who cancelled it looks for.
  return cancelled && ending.outcome === 'aborted' ? error : failure(ending.type, ending.message, status);
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
  reason: string,
  error: unknown,
  stopped: boolean,
  undo: Compensations,
  { target, progress, announcer }: Stage,
): Promise<Ending> {
  const { displayName } = announcer;
  if (undo.isEmpty) {
    const refused = typeOf(error) === failureTypes.refused;
    const message = refused ? reason : `${reason}. Nothing was changed.`;
    const announcement = stoppedText({ displayName, version: progress.status.version }, reason);
    if (stopped) return { outcome: 'aborted', type: failureTypes.aborted, message, announcement };
    if (refused) return { outcome: 'refused', type: failureTypes.refused, message, announcement };
    return { outcome: 'failed', type: failureTypes.failed, message, announcement };
  }

  const version = versionOf(progress.status.from ?? 'the recorded state');
  const leftovers = await progress.step(rollbackStep, () => undo.run(), {
    next: `back to ${version}; this cannot be stopped, and is tried until the cluster answers`,
    done: (left) => (left.length === 0 ? `back on ${version}` : `${left.length} left undone`),
  });
  const where = `${target.service.displayName} in ${target.environment.name}`;
  if (leftovers.length === 0) {
    return {
      outcome: stopped ? 'aborted' : 'rolledBack',
      type: stopped ? failureTypes.aborted : failureTypes.rolledBack,
      message: `${reason}. ${where} is back on ${version}.`,
      announcement: rolledBackText({ displayName, version }, reason),
    };
  }
  const list = leftovers.map(leftoverWords).join(' ');
  const changed = leftovers.every((left) => left.type === failureTypes.changedByOther);
  return {
    outcome: changed ? 'failed' : 'rollbackFailed',
    type: changed ? failureTypes.changedByOther : failureTypes.rollbackFailed,
    message: `${reason}. ${where} could not be returned to ${version}: ${list}`,
    announcement: rollbackFailedText({ displayName, version }, `${reason}. ${list}`),
  };
}

function leftoverWords({ name, error, byHand }: Leftover): string {
  return `${name}: ${error}. By hand: ${byHand}.`;
}
