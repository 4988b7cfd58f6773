import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Measured, MetricFacts, PodFacts } from '../../src/domain/analysis-facts.ts';
import { lookBackSeconds, queryProblem, renderQuery } from '../../src/domain/analysis-query.ts';
import { judgeAnalysis } from '../../src/domain/analysis-report.ts';
import type { AnalysisReport } from '../../src/domain/analysis.ts';
import type { Verdict } from '../../src/domain/check.ts';
import {
  analysis,
  aPod,
  distribution,
  errors,
  latency,
  podFacts,
  ratio,
  type Fraction,
} from './analysis-observations.ts';

const judge = (metrics: readonly MetricFacts[], pods: PodFacts = podFacts()): AnalysisReport =>
  judgeAnalysis(analysis, { metrics, pods });

const goodness: Readonly<Record<Verdict, number>> = { pass: 2, inconclusive: 1, fail: 0 };

const fraction: fc.Arbitrary<Fraction> = fc
  .tuple(fc.nat(300), fc.nat(3000))
  .map(([failed, rest]) => [failed, failed + rest]);
const limit = fc.option(fc.constantFrom(0, 0.01, 0.05, 0.5));
const samples = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });
const settings = fc.record({ limit, tolerance: fc.constantFrom(0, 0.25, 1), critical: fc.boolean() });

function given<T extends { readonly limit: number | null }>({ limit: one, ...rest }: T) {
  return { ...rest, ...(one === null ? {} : { limit: one }) };
}

test('more failures on the new track never improve the verdict, nor take back an early stop', () => {
  fc.assert(
    fc.property(fraction, fraction, fc.nat(200), settings, (here, there, more, setting) => {
      const worse: Fraction = [Math.min(here[1], here[0] + more), here[1]];
      const [before, after] = [here, worse].map((one) => judge([ratio(one, there, given(setting))]));
      expect(goodness[after!.verdict]).toBeLessThanOrEqual(goodness[before!.verdict]);
      if (before!.stopNow) expect(after!.stopNow).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('slower samples on the new track never improve the verdict, nor take back an early stop', () => {
  fc.assert(
    fc.property(samples, samples, fc.nat(60), settings, (here, there, by, setting) => {
      const change = { ...given(setting), ...(setting.limit === null ? {} : { limit: setting.limit * 60 }) };
      const raised = here.map((value) => value + by);
      const [before, after] = [here, raised].map((one) => judge([distribution(one, there, change)]));
      expect(goodness[after!.verdict]).toBeLessThanOrEqual(goodness[before!.verdict]);
      if (before!.stopNow) expect(after!.stopNow).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('the unit of the samples changes nothing', () => {
  const scale = fc.constantFrom(0.001, 0.1, 3, 1000, 1e9);
  fc.assert(
    fc.property(samples, samples, scale, fc.boolean(), settings, (here, there, by, higher, setting) => {
      const worse = higher ? ('higher' as const) : ('lower' as const);
      const limitOf = (factor: number) =>
        setting.limit === null ? {} : { limit: setting.limit * 60 * factor };
      const of = (factor: number) => {
        const scaled = [here, there].map((side) => side.map((value) => value * factor));
        const { tolerance, critical } = setting;
        const change = { worse, tolerance, critical, ...limitOf(factor) };
        return judge([distribution(scaled[0] ?? [], scaled[1] ?? [], change)]);
      };
      expect(of(by)).toMatchObject({ verdict: of(1).verdict, stopNow: of(1).stopNow });
    }),
    { numRuns: 500 },
  );
});

test('two tracks that do the same are never told apart', () => {
  fc.assert(
    fc.property(fraction, samples, (counts, values) => {
      expect(judge([ratio(counts, counts), distribution(values, values)]).verdict).not.toBe('fail');
    }),
  );
});

test('only one side can be the worse one', () => {
  fc.assert(
    fc.property(fraction, fraction, samples, samples, (a, b, xs, ys) => {
      const both = [judge([ratio(a, b)]), judge([ratio(b, a)])];
      expect(both.every(({ verdict }) => verdict === 'fail')).toBe(false);
      const sides = [judge([distribution(xs, ys)]), judge([distribution(ys, xs)])];
      expect(sides.every(({ verdict }) => verdict === 'fail')).toBe(false);
    }),
  );
});

const anyNumber = fc.oneof(
  fc.double(),
  fc.integer({ min: -5, max: 5000 }),
  fc.constantFrom(NaN, Infinity, -0),
);
const missing = fc.constantFrom(
  { state: 'empty', reason: 'no data' } as const,
  { state: 'unknown', reason: 'down' } as const,
);
function measured<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Measured<T>> {
  return fc.oneof(
    missing,
    value.map((one) => ({ state: 'measured', value: one }) as const),
  );
}
const anyCounts = measured(fc.record({ failed: anyNumber, total: anyNumber }));
const anySamples = measured(fc.array(anyNumber, { maxLength: 30 }));
const anyMetric: fc.Arbitrary<MetricFacts> = fc.oneof(
  fc
    .record({ candidate: anyCounts, stable: anyCounts, setting: settings })
    .map(({ candidate, stable, setting }) => ({
      kind: 'ratio' as const,
      spec: { ...errors, ...given(setting) },
      candidate,
      stable,
    })),
  fc
    .record({ candidate: anySamples, stable: anySamples, setting: settings })
    .map(({ candidate, stable, setting }) => ({
      kind: 'distribution' as const,
      spec: { ...latency, ...given(setting) },
      candidate,
      stable,
      overlap: 2,
    })),
);

test('whatever is measured, there is a verdict; what is not known is never a pass', () => {
  fc.assert(
    fc.property(fc.array(anyMetric, { maxLength: 6 }), fc.boolean(), (metrics, cluster) => {
      const pods: PodFacts = cluster ? podFacts() : { state: 'unknown', reason: 'down' };
      const report = judge(metrics, pods);
      const isOpen = metrics.some(({ candidate }) => candidate.state !== 'measured');
      if (isOpen || !cluster) expect(report.verdict).not.toBe('pass');
      if (report.stopNow) expect(report.verdict).toBe('fail');
      expect(report.summary).not.toBe('');
      expect(report.evidence.length).toBeLessThanOrEqual(10);
      expect(JSON.stringify(report)).not.toMatch(/undefined|NaN %/);
    }),
    { numRuns: 500 },
  );
});

test('more restarts never improve the verdict', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.nat(5), fc.nat(5), (maxRestarts, restarts, more) => {
      const of = (count: number) =>
        judgeAnalysis({ ...analysis, maxRestarts }, { metrics: [], pods: podFacts({ restarts: count }) })
          .verdict;
      expect(goodness[of(restarts + more)]).toBeLessThanOrEqual(goodness[of(restarts)]);
    }),
  );
  expect(judge([], podFacts({ pods: [aPod({ terminating: true })] })).verdict).toBe('inconclusive');
});

const values = {
  track: 'canary',
  namespace: 'shop-dev',
  service: 'shop',
  deployment: 'shop.v1-canary',
  pods: ['shop.v1-canary-a', 'shop.v1-canary-b'],
  windowSeconds: 90,
};

test.each([
  ['up{namespace="{{namespace}}"}', 'up{namespace="shop-dev"}'],
  [
    'rate(x{pod=~"{{pods}}"}[{{ window }}])',
    'rate(x{pod=~"shop\\\\.v1-canary-a|shop\\\\.v1-canary-b"}[90s])',
  ],
  [
    "x{pod=~'{{pods}}', d='{{deployment}}'}",
    "x{pod=~'shop\\\\.v1-canary-a|shop\\\\.v1-canary-b', d='shop.v1-canary'}",
  ],
  ['x{d=~"{{deployment}}-.*"}', 'x{d=~"shop\\\\.v1-canary-.*"}'],
  ['x{d !~ `{{deployment}}`}', 'x{d !~ `shop\\.v1-canary`}'],
  ['x{a="it\\"s =~", t="{{track}}"}', 'x{a="it\\"s =~", t="canary"}'],
  ['x{a=`\\`, t="{{deployment}}"}', 'x{a=`\\`, t="shop.v1-canary"}'],
  ['x{t="{{track}}"} # of {{nobody}}', 'x{t="canary"} '],
])('%s is rendered for where each value stands', (template, query) => {
  expect(renderQuery(template, values)).toEqual({ ok: true, query });
});

test('a track without pods matches nothing, not what has no pod', () => {
  expect(renderQuery('x{pod=~"{{pods}}"}', { ...values, pods: [] })).toEqual({
    ok: true,
    query: 'x{pod=~"-"}',
  });
});

test('quotes and backslashes of a value cannot end its string', () => {
  const hostile = { ...values, namespace: `a"b'c\\d\ne` };
  expect(renderQuery('x{n="{{namespace}}"}', hostile)).toEqual({
    ok: true,
    query: String.raw`x{n="a\x22b\x27c\\d\ne"}`,
  });
  expect(renderQuery('x{n=`{{namespace}}`}', { ...values, namespace: 'a`} or vector(1)' })).toEqual({
    ok: true,
    query: 'x{n=`a} or vector(1)`}',
  });
});

test.each([
  ['x{pod="{{pods}}"}', /regular expression and stands after =~/],
  ['x{pod=~"{{pod}}"}', /there is no \{\{pod\}\}: there are track, namespace/],
  ['{{deployment}}', /stands outside of a string/],
  ['sum(rate(http_requests_total{namespace="{{namespace}}"}[{{window}}]))', /reads the same for both tracks/],
  ['vector(1)', /reads the same for both tracks/],
])('%s is refused', (template, problem) => {
  expect(queryProblem(template)).toMatch(problem);
});

test.each([
  ['x', 0],
  ['x[0]', 0],
  ['rate(x{a="b"}[2m])', 120],
  ['max_over_time(rate(x[30s])[1h30m:1m])', 5400],
])('%s looks back %d s', (query, seconds) => {
  expect(lookBackSeconds(query)).toBe(seconds);
});

test.each([errors.failed, errors.total, latency.query])('%s is accepted', (template) => {
  expect(queryProblem(template)).toBeUndefined();
});
