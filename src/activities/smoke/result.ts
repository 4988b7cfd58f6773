import { checkResult } from '../../domain/check-result.ts';
import type { CheckResult, Evidence } from '../../domain/check.ts';
import type { SmokeTest } from '../../domain/strategy-options.ts';

type Finding = Parameters<typeof checkResult>[1];

/** A smoke test that does not pass stands in the way of the switch: all of them are required. */
export function smokeResult({ name }: SmokeTest, finding: Finding): CheckResult {
  return checkResult({ name, severity: 'required' }, finding);
}

export function noPodResult(test: SmokeTest, deployment: string): CheckResult {
  return smokeResult(test, {
    verdict: 'inconclusive',
    reason: 'noPods',
    summary: `not run: Deployment ${deployment} has no ready pod`,
  });
}

/** The last lines of output, as one fact; none when nothing was printed. */
export function outputEvidence(output: string): readonly Evidence[] {
  return output === '' ? [] : [{ subject: 'output', detail: output }];
}

/** For example `12 s`. */
export function secondsSince(from: number): string {
  return `${Math.round((performance.now() - from) / 1000)} s`;
}
