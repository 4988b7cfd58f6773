import type { Target } from '../../domain/target.ts';
import type { ClusterClients } from './clients.ts';
import { placeOf } from './deployment.ts';
import { readScaler } from './find-scaler.ts';
import { decideRestore } from './pause-decisions.ts';
import type { RestoreDecision } from './pause-decisions.ts';
import { retryConflicts } from './retry-conflicts.ts';
import type { PausedAutoscaler } from './types.ts';

interface RestoreInput {
  readonly target: Target;
  readonly paused: PausedAutoscaler;
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
  const attempt = async (): Promise<{ readonly outcome: RestoreDecision }> => {
    const scaler = await readScaler(clients, target, paused);
    if (scaler === undefined) return { outcome: 'leftAlone' };
    const outcome = decideRestore(scaler, paused);
    if (outcome === 'restored') await scaler.write(paused.recorded, null);
    else if (scaler.record !== undefined) await scaler.write({}, null);
    return { outcome };
  };
  return retryConflicts(placeOf(target), attempt, 'autoscaler');
}
