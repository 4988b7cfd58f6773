/** The service's own HTTP checks, asked of the new track's ready pods while it is watched. */
import type { CheckFacts, Finding } from './analysis-facts.ts';
import { judgeHttp } from './check-http.ts';
import type { CheckSpec, Evidence, HttpCheck, Verdict } from './check.ts';

/** Those that a verification would fail by. */
export function watchedChecks(checks: readonly CheckSpec[]): readonly HttpCheck[] {
  return checks.filter((check) => check.kind === 'http').filter(({ severity }) => severity === 'required');
}

/** A wrong answer is clear: the same check would fail the verification. No answer is no pass. */
export function judgeTrackCheck({ spec, seen }: CheckFacts): Finding {
  const finding = (verdict: Verdict, summary: string, evidence: readonly Evidence[] = []): Finding => ({
    ...{ name: spec.name, verdict, critical: true, summary: `${spec.name}: ${summary}`, evidence },
    clear: verdict === 'fail',
  });
  if (seen.state === 'unknown') return finding('inconclusive', `not known: ${seen.reason}`);
  const { verdict, reason, severity, summary, evidence } = judgeHttp(spec, seen.answers);
  if (reason === 'unreachable' || reason === 'noPods') return finding('inconclusive', summary, evidence);
  // Where the check says so, an endpoint that is not served only warns.
  const heeded = severity === 'advisory' ? 'pass' : verdict;
  return finding(heeded, summary, heeded === 'pass' ? [] : evidence);
}
