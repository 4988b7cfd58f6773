import { expect, test } from '@jest/globals';
import type { FiringAlert } from '../../src/domain/alerts.ts';
import { judgeAlerts } from '../../src/domain/check-alerts.ts';
import type { AlertsCheck } from '../../src/domain/check.ts';

const spec: AlertsCheck = { kind: 'alerts', name: 'alerts', severity: 'required' };

function alert(name: string, since: number, more: Partial<FiringAlert> = {}): FiringAlert {
  return { name, since, fingerprint: name, ...more };
}

const slow = alert('SlowAnswers', Date.parse('2026-02-03T10:00:20Z'), {
  severity: 'critical',
  summary: 'p95 above 1 s',
});
const full = alert('DiskFull', Date.parse('2026-02-03T09:00:00Z'));

test('none is a pass', () => {
  expect(judgeAlerts(spec, { state: 'seen', firing: [] })).toMatchObject({
    verdict: 'pass',
    summary: 'no alert fires',
    evidence: [],
  });
});

test('any one fails, with its name, how bad it is, since when and what it says', () => {
  expect(judgeAlerts(spec, { state: 'seen', firing: [full, slow] })).toMatchObject({
    verdict: 'fail',
    summary: '2 alerts fire: DiskFull, SlowAnswers (critical)',
    evidence: [
      { subject: 'DiskFull', detail: 'fires since 2026-02-03 09:00 UTC' },
      { subject: 'SlowAnswers (critical)', detail: 'fires since 2026-02-03 10:00 UTC: p95 above 1 s' },
    ],
  });
});

test('after a change, only what began with it fails; the rest is told', () => {
  const change = Date.parse('2026-02-03T10:00:00Z');
  expect(judgeAlerts(spec, { state: 'seen', firing: [full, slow] }, change)).toMatchObject({
    verdict: 'fail',
    summary: '1 alert fires: SlowAnswers (critical)',
    evidence: [{ subject: 'SlowAnswers (critical)' }, { subject: 'DiskFull' }],
  });
  expect(judgeAlerts(spec, { state: 'seen', firing: [full] }, change)).toMatchObject({
    verdict: 'pass',
    summary: 'no alert fires, but since before the change: DiskFull',
    evidence: [{ subject: 'DiskFull' }],
  });
});

test('one whose beginning nobody knows counts', () => {
  const odd = { state: 'seen', firing: [alert('Odd', NaN)] } as const;
  expect(judgeAlerts(spec, odd, 0)).toMatchObject({
    verdict: 'fail',
    evidence: [{ subject: 'Odd', detail: 'fires' }],
  });
});

test('many are counted', () => {
  const firing = ['A', 'B', 'C', 'D', 'E'].map((name) => alert(name, 0));
  expect(judgeAlerts(spec, { state: 'seen', firing }).summary).toBe('5 alerts fire: A, B, C and 2 more');
});

test('an Alertmanager that does not answer is no pass', () => {
  expect(judgeAlerts(spec, { state: 'unknown', reason: 'Alertmanager cannot be reached' })).toMatchObject({
    verdict: 'inconclusive',
    summary: 'alerts not known: Alertmanager cannot be reached',
  });
});
