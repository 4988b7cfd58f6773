import type { CheckResult, VerificationReport } from './check.ts';

/** A required failure fails the whole; else a required check without an answer leaves it open. */
export function verificationReport(checks: readonly CheckResult[], pods: number): VerificationReport {
  const required = checks.filter((check) => check.severity === 'required');
  const warnings = checks
    .filter((check) => check.severity === 'advisory' && check.verdict !== 'pass')
    .map((check) => check.name);
  const decisive =
    required.find((check) => check.verdict === 'fail') ??
    required.find((check) => check.verdict === 'inconclusive');
  if (decisive !== undefined) {
    const summary = `${decisive.name}: ${decisive.summary}`;
    return { verdict: decisive.verdict, summary, checks, warnings, pods };
  }
  if (checks.length === 0) {
    return { verdict: 'inconclusive', summary: 'no checks are configured', checks, warnings, pods };
  }
  const passed = checks.filter((check) => check.verdict === 'pass').length;
  const warned = warnings.length === 0 ? '' : `; warnings: ${warnings.join(', ')}`;
  return {
    verdict: 'pass',
    summary: `${passed}/${checks.length} checks passed${warned}`,
    checks,
    warnings,
    pods,
  };
}
