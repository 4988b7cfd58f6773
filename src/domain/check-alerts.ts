import type { AlertsObservation } from './alerts.ts';
import { alertEvidence, alertTitles, byBeginning } from './alerts-words.ts';
import type { AlertsCheck, CheckResult } from './check.ts';
import { checkResult } from './check-result.ts';

/**
 * None may fire; after a change that began at `since` (milliseconds since 1970), none that began after it: an
 * alert that was there before is often the reason for the change, and takes minutes to go.
 */
export function judgeAlerts(spec: AlertsCheck, seen: AlertsObservation, since?: number): CheckResult {
  if (seen.state === 'unknown') {
    return checkResult(spec, {
      verdict: 'inconclusive',
      reason: 'unreachable',
      summary: `alerts not known: ${seen.reason}`,
    });
  }
  const { since: against, before } = byBeginning(seen.firing, since ?? -Infinity);
  const evidence = { against: against.map(alertEvidence), evidence: before.map(alertEvidence) };
  if (against.length > 0) {
    const fire = against.length === 1 ? '1 alert fires' : `${against.length} alerts fire`;
    return checkResult(spec, {
      verdict: 'fail',
      reason: 'mismatch',
      summary: `${fire}: ${alertTitles(against)}`,
      ...evidence,
    });
  }
  const known = before.length === 0 ? '' : `, but since before the change: ${alertTitles(before)}`;
  return checkResult(spec, {
    verdict: 'pass',
    summary: `no alert fires${known}`,
    ...evidence,
  });
}
