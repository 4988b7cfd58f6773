import { expect, test } from '@jest/globals';
import type { CheckResult, Severity, Verdict } from '../../src/domain/check.ts';
import { verificationReport } from '../../src/domain/verification-report.ts';

function result(
  verdict: Verdict,
  severity: Severity = 'required',
  name = `${severity} ${verdict}`,
): CheckResult {
  return { name, severity, verdict, summary: 'seen', evidence: [] };
}

const warned = [result('fail', 'advisory'), result('inconclusive', 'advisory')];

test.each([
  ['all passed', [result('pass'), result('pass')], 'pass', '2/2 checks passed'],
  [
    'a failure after an open question',
    [result('inconclusive'), result('fail')],
    'fail',
    'required fail: seen',
  ],
  [
    'an open question',
    [result('pass'), result('inconclusive')],
    'inconclusive',
    'required inconclusive: seen',
  ],
  [
    'advisory ones only warn',
    [result('pass'), ...warned],
    'pass',
    '1/3 checks passed; warnings: advisory fail, advisory inconclusive',
  ],
  ['a warning beside a failure', [result('fail', 'advisory'), result('fail')], 'fail', 'required fail: seen'],
  ['no checks', [], 'inconclusive', 'no checks are configured'],
] as const)('%s', (_what, checks, verdict, summary) => {
  expect(verificationReport(checks, 3)).toMatchObject({ verdict, summary, pods: 3 });
});

test('the warnings are the advisory checks that did not pass', () => {
  const { warnings } = verificationReport([result('fail'), result('pass', 'advisory'), ...warned], 1);
  expect(warnings).toEqual(['advisory fail', 'advisory inconclusive']);
});
