import type { CheckResult, VerificationReport } from './check.ts';
import type { RanImage } from './ran-image.ts';

/** A required failure fails the whole; else a required check without an answer leaves it open. */
export function verificationReport(
  checks: readonly CheckResult[],
  pods: number,
  ran?: RanImage,
): VerificationReport {
  const seen = { checks, pods, ...(ran === undefined ? {} : { ran }) };
  const required = checks.filter((check) => check.severity === 'required');
  const warnings = checks
    .filter((check) => check.severity === 'advisory' && check.verdict !== 'pass')
    .map((check) => check.name);
  const decisive =
    required.find((check) => check.verdict === 'fail') ??
    required.find((check) => check.verdict === 'inconclusive');
  if (decisive !== undefined) {
    const summary = `${decisive.name}: ${decisive.summary}`;
    return { verdict: decisive.verdict, summary, warnings, ...seen };
  }
  if (checks.length === 0) {
    return { verdict: 'inconclusive', summary: 'no checks are configured', warnings, ...seen };
  }
  const passed = checks.filter((check) => check.verdict === 'pass').length;
  const warned = warnings.length === 0 ? '' : `; warnings: ${warnings.join(', ')}`;
  return {
    verdict: 'pass',
    summary: `${passed}/${checks.length} checks passed${warned}`,
    warnings,
    ...seen,
  };
}
