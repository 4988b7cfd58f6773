import { describe, expect, test } from '@jest/globals';
import { judgeAnalysis } from '../../src/domain/analysis-report.ts';
import type { AnalysisFacts } from '../../src/domain/analysis-facts.ts';
import type { AnalysisSpec } from '../../src/domain/analysis.ts';
import { judgeHttp } from '../../src/domain/check-http.ts';
import type { HttpCheck } from '../../src/domain/check.ts';
import type { FailedJudgement } from '../../src/domain/diagnosis-failure.ts';
import type { DiagnosisObservation } from '../../src/domain/diagnosis-observation.ts';
import { diagnose } from '../../src/domain/diagnosis-report.ts';
import { failedChecks, failedMetrics } from '../../src/domain/failed-judgements.ts';
import { verificationReport } from '../../src/domain/verification-report.ts';
import { analysis, podFacts, ratio } from './analysis-observations.ts';
import { aPod, containers, ended, log, now, seen } from './diagnosis-observations.ts';

const health: HttpCheck = {
  kind: 'http',
  name: 'health endpoint',
  severity: 'required',
  port: 8000,
  path: '/health',
  method: 'GET',
  expectStatus: [200],
  whenUnsupported: 'fail',
  timeoutSeconds: 5,
};

function judged(facts: Partial<AnalysisFacts>): readonly FailedJudgement[] {
  const metrics = facts.metrics ?? [];
  const spec: AnalysisSpec = { ...analysis, metrics: metrics.map((each) => each.spec) };
  return failedMetrics(judgeAnalysis(spec, { metrics, pods: podFacts(), ...facts }), spec, [health]);
}

function after(
  failed: readonly FailedJudgement[],
  parts: Partial<DiagnosisObservation> = {},
): DiagnosisObservation {
  const summary = 'the analysis of shop-server: not well';
  return { ...seen(), container: 'shop', failure: { summary, judged: failed }, ...parts };
}

const running = { ready: true, running: { startedAt: now - 60_000 } };
const worse = { metrics: [ratio([12, 240], [3, 2_200])] };
const alert = {
  ...{ name: 'HighErrorRate', severity: 'critical', summary: 'one in twenty fails', fingerprint: 'a' },
  since: now,
};
const firing = { alerts: { since: now - 60_000, seen: { state: 'seen', firing: [alert] } } } as const;

/** Ten pods answer, the fourth of them badly. */
const oneOfTen = failedChecks(
  verificationReport(
    [
      judgeHttp(
        health,
        Array.from({ length: 10 }, (_, index) => ({
          ...{ kind: 'answer', pod: `shop-server-abc-${index + 1}`, truncated: false },
          ...(index === 3
            ? { status: 503, body: 'no connection to the queue' }
            : { status: 200, body: 'ok' }),
        })),
      ),
    ],
    10,
  ),
  [health],
);

describe('after an analysis or a verification that failed while every pod is well', () => {
  test('the metric stands first, with its words, and the objects are said to look well', () => {
    const { findings, summary } = diagnose(after(judged(worse)));
    expect(findings.map(({ rule }) => rule)).toEqual(['analysis-failed']);
    expect(summary).toMatch(/^The analysis failed: errors 12\/240 \(5 %\)/);
    expect(findings[0]?.cause).toMatch(/objects look well \(3 of 3 pods/);
    expect(findings[0]?.remedy).toMatch(/kubectl logs deployment\/shop-server -c shop -n shop-dev/);
  });

  test('the alert stands first, with what it says of itself', () => {
    const { findings, summary } = diagnose(after(judged(firing)));
    expect(findings.map(({ rule }) => rule)).toEqual(['alert-firing']);
    expect(summary).toMatch(/HighErrorRate \(critical\)/);
    expect(findings[0]?.evidence[0]?.detail).toMatch(/^fires since .*one in twenty fails$/);
  });

  test('the one pod of ten that fails a check is named', () => {
    const { findings, summary } = diagnose(after(oneOfTen));
    expect(findings.map(({ rule }) => rule)).toEqual(['check-failed']);
    expect(summary).toMatch(/^The check "health endpoint" failed: 9\/10 .*shop-server-abc-4: 503/);
    expect(findings[0]?.evidence[0]).toMatchObject({ subject: 'shop-server-abc-4' });
    const pods = Array.from({ length: 10 }, (_, index) => aPod(index + 1, {}, running));
    const base = seen({}, { pods, deployment: { desired: 10, updated: 10, available: 10 } });
    const { findings: named } = diagnose({ ...after(oneOfTen), rollout: base.rollout });
    expect(named[0]?.remedy).toMatch(/kubectl logs shop-server-abc-4 -c shop/);
  });

  test('what is wrong in the log of the pod that fails is the cause, and what failed is told after it', () => {
    const line = 'ERROR cannot connect to amqp://queue:5672: connection refused';
    const its = { ...log('INFO ready', line), pod: 'shop-server-abc-3', previous: false };
    const failed = oneOfTen.map((one) => ({
      ...one,
      evidence: one.evidence.map((fact) => ({
        ...fact,
        subject: fact.subject.replace('abc-4', 'abc-3'),
      })),
    }));
    const { findings } = diagnose(after(failed, { logs: [its] }));
    expect(findings.map(({ rule }) => rule)).toEqual(['dependency-unreachable', 'check-failed']);
  });

  test('a metric names no pod, so only pods whose log tells of it are counted', () => {
    const line = 'ERROR cannot connect to amqp://queue:5672: connection refused';
    const its = { ...log(line), pod: 'shop-server-abc-2', previous: false };
    const well = { ...log('INFO ready'), previous: false };
    const { findings } = diagnose(after(judged(worse), { logs: [well, its] }));
    expect(findings.map(({ rule }) => rule)).toEqual(['dependency-unreachable', 'analysis-failed']);
    expect(findings[0]?.headline).toContain('(1 of 3 pods)');
  });

  test('an error that no rule knows is shown beside what failed', () => {
    const its = { ...log('INFO ready', 'ERROR out of ideas', 'GET / 200'), previous: false };
    const { findings } = diagnose(after(judged(worse), { logs: [its] }));
    expect(findings[0]?.evidence.at(-1)).toMatchObject({ detail: 'ERROR out of ideas' });
  });
});

test('a container that crashes stands before the metric that it spoils', () => {
  const { rollout } = containers(ended(139));
  expect(diagnose(after(judged(worse), { rollout })).findings.map(({ rule }) => rule)).toEqual([
    'segmentation-fault',
    'analysis-failed',
  ]);
});

test('where something failed, what was merely unclear is left out; where nothing did, it is told as such', () => {
  const unclear = { alerts: { since: now, seen: { state: 'unknown', reason: 'no answer' } } } as const;
  expect(judged({ ...worse, ...unclear }).map(({ name }) => name)).toEqual(['errors']);
  const { findings, summary } = diagnose(after(judged(unclear)));
  expect(summary).toBe('Nobody knows whether alerts fire: alerts not known: no answer');
  expect(findings[0]?.cause).toMatch(/no pass/);
});

test('a failure of another kind is repeated where the cluster shows nothing of it', () => {
  const failure = { summary: 'the endpoints of Service shop-server: 2 of 3', judged: [] };
  const { findings, summary } = diagnose({ ...seen(), failure });
  expect(findings).toEqual([]);
  expect(summary).toBe(
    "The cluster's objects of shop-server look well (3 of 3 pods are available), and yet: the endpoints of Service shop-server: 2 of 3",
  );
});

test.each([
  ['metrics', judged(worse)],
  ['an alert', judged(firing)],
  ['a check', oneOfTen],
])('within a failure by %s, nobody is told that nothing is wrong', (_what, failed) => {
  expect(JSON.stringify(diagnose(after(failed)))).not.toMatch(/nothing (?:is wrong|was found)/i);
});

test('a long list of what failed is cut, the failures before the unclear', () => {
  const check = (index: number, verdict: 'fail' | 'inconclusive') => ({
    ...({ name: `check ${index}`, severity: 'required', verdict, summary: 'x'.repeat(1_000) } as const),
    evidence: Array.from({ length: 9 }, () => ({ subject: 'shop-1', detail: 'y'.repeat(1_000) })),
  });
  const checks = Array.from({ length: 8 }, (_, index) => check(index, index < 4 ? 'inconclusive' : 'fail'));
  const failed = failedChecks(verificationReport(checks, 1), []);
  expect(failed.map(({ verdict }) => verdict)).toEqual(['fail', 'fail', 'fail', 'fail', 'inconclusive']);
  expect(JSON.stringify(failed).length).toBeLessThan(10_000);
});
