import type { AlertFacts, Finding } from './analysis-facts.ts';
import { counted } from './analysis-numbers.ts';
import { alertEvidence, alertTitles, byBeginning } from './alerts-words.ts';
import type { Verdict } from './check.ts';

/** An alert that began under the new version ends the watch at once; one that was there before is only told. */
export function judgeTrackAlerts({ seen, since }: AlertFacts): Finding {
  const finding = (verdict: Verdict, summary: string, clear = false): Finding => {
    const alerts = seen.state === 'seen' ? byBeginning(seen.firing, since) : { since: [], before: [] };
    const evidence = [...alerts.since, ...alerts.before].map(alertEvidence);
    return { name: 'alerts', verdict, critical: true, summary, evidence, clear };
  };
  if (seen.state === 'unknown') return finding('inconclusive', `alerts not known: ${seen.reason}`);
  const { since: begun, before } = byBeginning(seen.firing, since);
  if (begun.length > 0) {
    return finding('fail', `${counted(begun.length, 'alert')} began: ${alertTitles(begun)}`, true);
  }
  const known = before.length === 0 ? '' : `, ${counted(before.length, 'alert')} from before`;
  return finding('pass', `no alert began${known}`);
}
