import type { Target } from '../../domain/target.ts';
import type { ClusterClients } from './clients.ts';
import { placeOf } from './deployment.ts';
import { findScalers, readScaler } from './find-scaler.ts';
import { decideRestore } from './pause-decisions.ts';
import type { RestoreDecision } from './pause-decisions.ts';
import { retryConflicts } from './retry-conflicts.ts';
import type { PauseRecord, Scaler } from './scaler.ts';
import type { PausedAutoscaler } from './types.ts';

interface RestoreInput {
  readonly target: Target;
  /** Absent: whatever the target's autoscalers themselves say was recorded. */
  readonly paused?: PausedAutoscaler;
}

/**
 * Idempotent: compared before it is written. Settings that are neither the pinned nor the recorded
 * ones, and an autoscaler that is gone, are somebody's wish and left alone; Fairway's own record is
 * taken off in any case. Throws `Forbidden`, `Conflict`.
 */
export async function restoreAutoscaler(
  clients: ClusterClients,
  { target, paused }: RestoreInput,
): Promise<{ readonly outcome: RestoreDecision }> {
  const attempt = async (): Promise<{ readonly outcome: RestoreDecision }> => ({
    outcome:
      paused === undefined
        ? await restoreRecorded(clients, target)
        : await restorePaused(clients, target, paused),
  });
  return retryConflicts(placeOf(target), attempt, 'autoscaler');
}

async function restorePaused(
  clients: ClusterClients,
  target: Target,
  paused: PausedAutoscaler,
): Promise<RestoreDecision> {
  const scaler = await readScaler(clients, target, paused);
  return scaler === undefined ? 'leftAlone' : restore(scaler, paused);
}

/** Two of them do not keep it from going back: a pause found one, the other came later. */
async function restoreRecorded(clients: ClusterClients, target: Target): Promise<RestoreDecision> {
  const decisions: RestoreDecision[] = [];
  for (const scaler of await findScalers(clients, target)) {
    if (scaler.record !== undefined) decisions.push(await restore(scaler, scaler.record));
  }
  const [worst] = (['leftAlone', 'restored'] as const).filter((each) => decisions.includes(each));
  return worst ?? 'alreadyThere';
}

async function restore(
  scaler: Scaler,
  pause: Pick<PausedAutoscaler, 'recorded' | 'written'> | PauseRecord,
): Promise<RestoreDecision> {
  const decision = decideRestore(scaler, pause);
  if (decision === 'restored') await scaler.write(pause.recorded, null);
  else if (scaler.record !== undefined) await scaler.write({}, null);
  return decision;
}
