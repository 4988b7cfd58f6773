import { expect, test } from '@jest/globals';
import { judgeAnalysis } from '../../src/domain/analysis-report.ts';
import { watchedChecks } from '../../src/domain/analysis-checks.ts';
import type { AlertFacts, CheckFacts } from '../../src/domain/analysis-facts.ts';
import type { CheckSpec, HttpCheck } from '../../src/domain/check.ts';
import { analysis, podFacts, ratio } from './analysis-observations.ts';

const health: HttpCheck = {
  kind: 'http',
  name: 'health',
  severity: 'required',
  port: 8000,
  path: '/health',
  method: 'GET',
  expectStatus: [200],
  whenUnsupported: 'fail',
  timeoutSeconds: 5,
};
const pod = 'canary-1';
const answer = (status: number): CheckFacts['seen'] => ({
  state: 'asked',
  answers: [{ kind: 'answer', pod, status, body: '', truncated: false }],
});
const silent: CheckFacts['seen'] = {
  state: 'asked',
  answers: [{ kind: 'unreachable', pod, detail: 'no answer within 5 s' }],
};
const began = { name: 'Slow', since: 20, fingerprint: 'a' };
const before = { name: 'Full', since: 5, fingerprint: 'b' };
const firing = (...all: readonly (typeof began)[]): AlertFacts => ({
  seen: { state: 'seen', firing: all },
  since: 10,
});
const unknown: AlertFacts = { seen: { state: 'unknown', reason: 'away' }, since: 10 };

const good = ratio([1, 1000], [1, 1000]);
const bad = ratio([500, 1000], [1, 1000]);

test.each([
  ['all well', good, answer(200), firing(), { verdict: 'pass', stopNow: false }],
  ['an alert that began', good, answer(200), firing(began, before), { verdict: 'fail', stopNow: true }],
  ['an alert from before', good, answer(200), firing(before), { verdict: 'pass', stopNow: false }],
  ['no Alertmanager', good, answer(200), unknown, { verdict: 'inconclusive', stopNow: false }],
  ['a wrong answer', good, answer(503), firing(), { verdict: 'fail', stopNow: true }],
  ['no answer', good, silent, firing(), { verdict: 'inconclusive', stopNow: false }],
  [
    'an API server that is away',
    good,
    { state: 'unknown', reason: 'away' } as const,
    firing(),
    { verdict: 'inconclusive' },
  ],
  ['no pods', good, { state: 'asked', answers: [] } as const, firing(), { verdict: 'inconclusive' }],
  ['bad metrics with nobody to ask about alerts', bad, silent, unknown, { verdict: 'fail', stopNow: true }],
])('%s', (_case, metric, seen, alerts, expected) => {
  const report = judgeAnalysis(analysis, {
    ...{ metrics: [metric], pods: podFacts(), alerts },
    checks: [{ spec: health, seen }],
  });
  expect(report).toMatchObject(expected);
});

test('what decided is said first, and every part has its line', () => {
  const report = judgeAnalysis(analysis, {
    ...{ metrics: [good], pods: podFacts(), alerts: firing(began, before) },
    checks: [{ spec: health, seen: answer(503) }],
  });
  expect(report.summary).toBe(
    'health: 0/1 pods gave the expected answer; canary-1: 503, expected 200; 1 alert began: Slow',
  );
  expect(report.metrics.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['errors', 'health', 'alerts', 'pods', 'restarts']),
  );
  expect(report.evidence.map(({ subject }) => subject)).toEqual(expect.arrayContaining(['Slow', 'Full']));
});

test('an endpoint that is not there only fails where the check says so', () => {
  const verdictOf = (whenUnsupported: HttpCheck['whenUnsupported']) =>
    judgeAnalysis(analysis, {
      ...{ metrics: [good], pods: podFacts() },
      checks: [{ spec: { ...health, whenUnsupported }, seen: answer(404) }],
    }).verdict;
  expect((['fail', 'inconclusive', 'warn'] as const).map(verdictOf)).toEqual([
    'fail',
    'inconclusive',
    'pass',
  ]);
});

test('only HTTP checks by which a verification fails are asked while a version is watched', () => {
  const checks: readonly CheckSpec[] = [
    { kind: 'pods', name: 'pods', severity: 'required' },
    health,
    { ...health, name: 'advice', severity: 'advisory' },
  ];
  expect(watchedChecks(checks)).toEqual([health]);
});
