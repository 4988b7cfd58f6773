/** Builds results in one shape: the evidence that counts comes first, and not too much of it. */
import type { CheckResult, CheckSpec, Evidence, Verdict } from './check.ts';

const maxEvidence = 10;

interface Finding {
  readonly verdict: Verdict;
  readonly reason?: NonNullable<CheckResult['reason']>;
  readonly summary: string;
  /** Facts that speak against the target. */
  readonly against?: readonly Evidence[];
  readonly evidence?: readonly Evidence[];
}

export function checkResult(spec: Pick<CheckSpec, 'name' | 'severity'>, finding: Finding): CheckResult {
  return {
    name: spec.name,
    severity: spec.severity,
    verdict: finding.verdict,
    ...(finding.reason === undefined ? {} : { reason: finding.reason }),
    summary: finding.summary,
    evidence: [...(finding.against ?? []), ...(finding.evidence ?? [])].slice(0, maxEvidence),
  };
}

/** The answer of every check that looks at pods when there is none to look at. */
export function noPodsResult(spec: Pick<CheckSpec, 'name' | 'severity'>): CheckResult {
  return checkResult(spec, { verdict: 'inconclusive', reason: 'noPods', summary: 'no pods to look at' });
}

/** The answer of a check that could not be made at all. */
export function notMadeResult(spec: CheckSpec, why: string): CheckResult {
  return checkResult(spec, { verdict: 'inconclusive', summary: `not checked: ${why}` });
}
