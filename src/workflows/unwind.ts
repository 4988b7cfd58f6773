/** Puts back what a release has changed, and decides how it ended. */
import type { DiagnosisReport } from '../domain/diagnosis.ts';
import { failureTypes, type FailureType } from '../domain/failures.ts';
import { optional } from '../domain/fields.ts';
import type { Outcome } from '../domain/status.ts';
import { versionOf } from '../domain/version-of.ts';
import type { Leftover } from './compensations.ts';
import type { Stage } from './conduct.ts';
import { diagnoseReturn } from './diagnose.ts';
import type { Endings } from './endings.ts';
import { reasonOf, typeOf } from './failure.ts';
import { countFailedCompensations } from './metrics.ts';
import { watchReturn } from './stuck-return.ts';

/** People were asked, and did not let it go on. */
const declinedTypes = [failureTypes.rejected, failureTypes.approvalExpired] as const;

interface Ending {
  readonly outcome: Outcome;
  readonly type: FailureType;
  readonly message: string;
  /** What Slack is told. */
  readonly announcement: string;
  /** Putting back lasted so long that somebody was woken. */
  readonly alarmed: boolean;
  /** Why it could not be put back, where somebody could look. */
  readonly diagnosis?: DiagnosisReport;
}

interface Cause {
  readonly reason: string;
  readonly error: unknown;
  /** By a person. */
  readonly stopped: boolean;
}

export async function unwind(cause: Cause, stage: Stage, endings: Endings): Promise<Ending> {
  if (stage.undo.isEmpty) return { ...unchanged(cause, stage, endings), alarmed: false };
  const { reason, stopped } = cause;
  const { target, progress, undo } = stage;
  const version = versionOf(progress.status.from ?? 'the recorded state');
  const { result: leftovers, alarmed } = await progress.step(
    endings.backStep,
    () => watchReturn(stage, reason, () => undo.run()),
    {
      lasting: true,
      next: `back to ${version}; this cannot be stopped, and is tried until the cluster answers`,
      done: ({ result: left }) => (left.length === 0 ? `back on ${version}` : `${left.length} left undone`),
    },
  );
  const where = `${target.service.displayName} in ${target.environment.name}`;
  countFailedCompensations(leftovers.length, target);
  if (leftovers.length === 0) {
    const returned = endings.returned(stage, version, reason);
    return {
      ...returned,
      ...(stopped ? { outcome: 'aborted', type: failureTypes.aborted } : {}),
      message: `${reason}. ${where} is back on ${version}.`,
      alarmed,
    };
  }
  const diagnosis = await diagnoseReturn(stage, leftovers);
  const list = leftovers.map(leftoverWords).join(' ');
  const changed = leftovers.every((left) => left.type === failureTypes.changedByOther);
  return {
    outcome: changed ? 'failed' : 'rollbackFailed',
    type: changed ? failureTypes.changedByOther : failureTypes.rollbackFailed,
    message: `${reason}. ${where} could not be returned to ${version}: ${list}`,
    announcement: endings.notReturned(stage, version, `${reason}. ${list}`),
    alarmed,
    ...optional('diagnosis', diagnosis),
  };
}

function unchanged(
  { reason, error, stopped }: Cause,
  stage: Stage,
  endings: Endings,
): Omit<Ending, 'alarmed'> {
  const refused = typeOf(error) === failureTypes.refused;
  const declined = declinedTypes.find((type) => type === typeOf(error));
  const message = refused ? reasonOf(error) : `${reason}. Nothing was changed.`;
  const announcement = endings.stopped(stage, reason);
  if (stopped) return { outcome: 'aborted', type: failureTypes.aborted, message, announcement };
  if (declined !== undefined) return { outcome: 'refused', type: declined, message, announcement };
  if (refused) return { outcome: 'refused', type: failureTypes.refused, message, announcement };
  return { outcome: 'failed', type: failureTypes.failed, message, announcement };
}

function leftoverWords({ name, error, byHand }: Leftover): string {
  return `${name}: ${error}. By hand: ${byHand}.`;
}
