import { expect, test } from '@jest/globals';
import type { MetricFacts } from '../../src/domain/analysis-facts.ts';
import { judgeAnalysis } from '../../src/domain/analysis-report.ts';
import type { Verdict } from '../../src/domain/check.ts';
import { analysis, around, aPod, distribution, podFacts, ratio } from './analysis-observations.ts';

const judge = (metrics: readonly MetricFacts[], pods = podFacts()) =>
  judgeAnalysis(analysis, { metrics, pods });

const down = { state: 'unknown', reason: 'Prometheus cannot be reached: connect ECONNREFUSED' } as const;
const nothing = { state: 'empty', reason: 'no data' } as const;

test.each<[string, MetricFacts, Verdict, boolean, string | RegExp]>([
  [
    'equal shares pass',
    ratio([2, 1000], [18, 9000]),
    'pass',
    false,
    'errors 2/1000 (0.2 %) against 18/9000 (0.2 %) on stable',
  ],
  [
    'far more failures fail at once',
    ratio([12, 240], [3, 2200]),
    'fail',
    true,
    'errors 12/240 (5 %) against 3/2200 (0.14 %) on stable',
  ],
  ['more failures than chance explains fail', ratio([6, 500], [10, 4500]), 'fail', false, /6\/500 \(1.2 %\)/],
  [
    'more failures that chance explains pass, and it is said',
    ratio([1, 100], [5, 2000]),
    'pass',
    false,
    /which chance explains$/,
  ],
  [
    'a significant difference within the tolerance passes',
    ratio([24_000, 200_000], [200_000, 2_000_000]),
    'pass',
    false,
    /^errors 24000\/200000 \(12 %\)/,
  ],
  ['fewer failures pass', ratio([0, 400], [40, 4000]), 'pass', false, /^errors 0\/400 \(0 %\)/],
  ['no failures anywhere pass', ratio([0, 400], [0, 4000]), 'pass', false, /^errors 0\/400/],
  [
    'too few events are inconclusive, however many failed',
    ratio([49, 49], [0, 5000]),
    'inconclusive',
    false,
    'errors 49 events on the new track, fewer than the 50 that a verdict needs (49 failed)',
  ],
  ['no traffic is inconclusive', ratio([0, 0], [0, 5000]), 'inconclusive', false, /^errors 0 events/],
  [
    'no traffic is inconclusive even when nothing is asked for',
    ratio([0, 0], [0, 0], { minimumEvents: 0 }),
    'inconclusive',
    false,
    /^errors 0 events/,
  ],
  [
    'above the limit fails, whatever stable does',
    ratio([3, 100], [300, 10_000], { limit: 0.02 }),
    'fail',
    false,
    'errors 3/100 (3 %), above the limit of 2 %',
  ],
  [
    'far above the limit fails at once',
    ratio([20, 100], [0, 0], { limit: 0.02 }),
    'fail',
    true,
    /above the limit/,
  ],
  [
    'at the limit is not above it',
    ratio([10, 100], [100, 1000], { limit: 0.1 }),
    'pass',
    false,
    /^errors 10\/100/,
  ],
  [
    'without anything to compare with, a limit decides',
    ratio([1, 100], [0, 0], { limit: 0.02 }),
    'pass',
    false,
    'errors 1/100 (1 %), within the limit of 2 %; too little to compare with (0 events on stable)',
  ],
  [
    'without anything to compare with, and no limit, it stays open',
    ratio([1, 100], [0, 10]),
    'inconclusive',
    false,
    'errors 1/100 (1 %); too little to compare with (10 events on stable), and there is no limit',
  ],
  ['increases that are not whole are rounded', ratio([2.0004, 999.7], [18, 9000]), 'pass', false, /2\/1000/],
  [
    'an increase that overshoots a little counts as all',
    ratio([61, 60], [0, 900]),
    'fail',
    true,
    /60\/60 \(100 %\)/,
  ],
  [
    'more failed than there were is a mistake in the queries',
    ratio([5000, 60], [0, 900]),
    'inconclusive',
    false,
    'errors not known: 5000 failed of 60 events cannot be; correct the two queries',
  ],
  [
    'the same on stable',
    ratio([1, 60], [NaN, 900]),
    'inconclusive',
    false,
    /stable not known: NaN failed of 900/,
  ],
  [
    'a provider that is down is inconclusive',
    { ...ratio([0, 100], [0, 100]), candidate: down } as MetricFacts,
    'inconclusive',
    false,
    'errors not known: Prometheus cannot be reached: connect ECONNREFUSED',
  ],
  [
    'a provider that is down for stable is inconclusive, also with a limit',
    { ...ratio([0, 100], [0, 100], { limit: 0.5 }), stable: down } as MetricFacts,
    'inconclusive',
    false,
    /^errors 0\/100 \(0 %\); stable not known: Prometheus cannot be reached/,
  ],
  [
    'a provider with no data is inconclusive',
    { ...ratio([0, 100], [0, 100]), candidate: nothing } as MetricFacts,
    'inconclusive',
    false,
    'errors not known: no data',
  ],
  [
    'no data on stable leaves the limit',
    { ...ratio([0, 100], [0, 100], { limit: 0.5 }), stable: nothing } as MetricFacts,
    'pass',
    false,
    /nothing to compare with \(stable: no data\)/,
  ],
])('of counts: %s', (_case, metric, verdict, stopNow, summary) => {
  const report = judge([metric]);
  expect(report).toMatchObject({ verdict, stopNow });
  expect(report.metrics[0]?.summary).toEqual(
    typeof summary === 'string' ? summary : expect.stringMatching(summary),
  );
});

test.each<[string, MetricFacts, Verdict, boolean, string | RegExp]>([
  [
    'equal samples pass',
    distribution(around(0.2, 40), around(0.2, 60)),
    'pass',
    false,
    /^p95 latency 0\.\d+ against 0\.\d+ on stable$/,
  ],
  [
    'twice as slow fails at once',
    distribution(around(0.4, 40), around(0.2, 40)),
    'fail',
    true,
    /: 1\d\d % higher, 98 % interval 0\.\d+ to 0\.\d+$/,
  ],
  [
    'a clear shift within the tolerance passes',
    distribution(around(0.24, 60, 0.01), around(0.2, 60, 0.01)),
    'pass',
    false,
    /on stable$/,
  ],
  [
    'beyond the tolerance but within chance passes, and it is said',
    distribution([...around(0.1, 5), ...around(0.5, 6)], [...around(0.1, 6), ...around(0.45, 5)]),
    'pass',
    false,
    /which chance explains|on stable$/,
  ],
  ['faster passes', distribution(around(0.1, 40), around(0.2, 40)), 'pass', false, /./],
  [
    'lower is worse where the metric says so',
    distribution(around(50, 40), around(100, 40), { worse: 'lower' }),
    'fail',
    true,
    /: \d\d % lower, 98 % interval -\d+(\.\d)? to -\d+(\.\d)?$/,
  ],
  [
    'higher is no worse then',
    distribution(around(200, 40), around(100, 40), { worse: 'lower' }),
    'pass',
    false,
    /./,
  ],
  [
    'what only chance and shared data set apart passes',
    distribution(around(0.4, 20, 0.9), around(0.3, 20, 0.9), {}, 4),
    'pass',
    false,
    /which chance explains$/,
  ],
  [
    'twice as slow fails also where samples share their data, though not at once',
    distribution(around(0.4, 20), around(0.2, 20), {}, 4),
    'fail',
    false,
    /1\d\d % higher/,
  ],
  [
    'samples that all share their data are too few',
    distribution(around(0.4, 39), around(0.2, 40), {}, 8),
    'inconclusive',
    false,
    'p95 latency 39 samples on the new track, fewer than the 40 that a verdict needs',
  ],
  [
    'too few samples are inconclusive',
    distribution(around(9, 9), around(0.2, 60)),
    'inconclusive',
    false,
    'p95 latency 9 samples on the new track, fewer than the 10 that a verdict needs',
  ],
  [
    'too few samples on stable are inconclusive',
    distribution(around(0.2, 40), around(0.2, 9)),
    'inconclusive',
    false,
    /too little to compare with \(9 samples on stable\), and there is no limit$/,
  ],
  [
    'too few samples on stable leave the limit',
    distribution(around(0.2, 40), [], { limit: 1 }),
    'pass',
    false,
    /within the limit of 1; too little to compare with \(0 samples on stable\)$/,
  ],
  [
    'above the limit fails, whatever stable does',
    distribution(around(2, 40), around(2, 40), { limit: 1 }),
    'fail',
    true,
    /above the limit of 1$/,
  ],
  [
    'only just above the limit fails in the end, not at once',
    distribution([...around(0.9, 8, 0), ...around(1.1, 10, 0)], around(1, 40), { limit: 1 }),
    'fail',
    false,
    /above the limit of 1$/,
  ],
  [
    'below the limit fails where lower is worse',
    distribution(around(2, 40), around(2, 40), { worse: 'lower', limit: 3 }),
    'fail',
    true,
    /below the limit of 3$/,
  ],
  [
    'where stable is at zero, any shift that chance does not explain fails',
    distribution(around(3, 30), around(0, 30)),
    'fail',
    true,
    /against 0 on stable: 3(\.\d+)? higher/,
  ],
  ['the same value everywhere passes', distribution(around(1, 20, 0), around(1, 20, 0)), 'pass', false, /./],
  [
    'samples that are no numbers do not count',
    distribution([NaN, Infinity, ...around(0.2, 8)], around(0.2, 40)),
    'inconclusive',
    false,
    /^p95 latency 8 samples/,
  ],
])('of samples: %s', (_case, metric, verdict, stopNow, summary) => {
  const report = judge([metric]);
  expect(report).toMatchObject({ verdict, stopNow });
  expect(report.metrics[0]?.summary).toEqual(
    typeof summary === 'string' ? summary : expect.stringMatching(summary),
  );
});

const crashing = aPod({
  ready: false,
  containers: [
    { name: 'shop', image: 'shop/server:4.1.0', running: false, reason: 'CrashLoopBackOff', restarts: 3 },
  ],
});
const log = (matches: number, truncated = false) =>
  ({
    kind: 'read',
    pod: 'shop-canary-1',
    matches,
    sample: matches > 0 ? ['error: no'] : [],
    truncated,
  }) as const;

test.each<[string, ReturnType<typeof podFacts>, Verdict, boolean, string | RegExp]>([
  [
    'ready pods without restarts or error lines pass',
    podFacts(),
    'pass',
    false,
    '1/1 pods running and ready; 0 restarts; 0 error lines in 1 log',
  ],
  ['a crashing pod fails at once', podFacts({ pods: [crashing] }), 'fail', true, /CrashLoopBackOff/],
  [
    'restarts beyond those allowed fail at once',
    podFacts({ restarts: 1 }),
    'fail',
    true,
    '1 restart, more than 0',
  ],
  [
    'a pod that has just become unready leaves it open',
    podFacts({ pods: [aPod({ ready: false })], unreadySeconds: { 'shop-canary-1': 20 } }),
    'inconclusive',
    false,
    /running, not ready/,
  ],
  [
    'a pod that stays unready fails',
    podFacts({ pods: [aPod({ ready: false })], unreadySeconds: { 'shop-canary-1': 61 } }),
    'fail',
    true,
    /running, not ready/,
  ],
  [
    'no pods leave it open',
    podFacts({ pods: [], logs: [] }),
    'inconclusive',
    false,
    /no pods on the new track/,
  ],
  [
    'error lines up to the limit pass',
    podFacts({ logs: [log(5)] }),
    'pass',
    false,
    /5 error lines in 1 log$/,
  ],
  [
    'error lines beyond the limit fail',
    podFacts({ logs: [log(6)] }),
    'fail',
    true,
    /6 error lines in 1 log, more/,
  ],
  [
    'a log that was read in part leaves it open',
    podFacts({ logs: [log(2, true)] }),
    'inconclusive',
    false,
    /too large to be read whole/,
  ],
  [
    'a log that cannot be read leaves it open',
    podFacts({ logs: [{ kind: 'unreadable', pod: 'shop-canary-1', detail: 'gone' }] }),
    'inconclusive',
    false,
    '1/1 logs not read; shop-canary-1: gone',
  ],
  [
    'a cluster that is away leaves it open',
    { state: 'unknown', reason: 'no answer in time' },
    'inconclusive',
    false,
    'pods not known: no answer in time',
  ],
])('of pods: %s', (_case, pods, verdict, stopNow, summary) => {
  const report = judge([], pods);
  expect(report).toMatchObject({ verdict, stopNow });
  expect(report.summary).toEqual(typeof summary === 'string' ? summary : expect.stringMatching(summary));
});

const good = (name: string, critical = false) => ratio([1, 1000], [10, 10_000], { name, critical });
const bad = (name: string, critical = false) => ratio([90, 1000], [10, 10_000], { name, critical });
const open = (name: string, critical = false) => ratio([0, 3], [0, 3], { name, critical });

test.each<[string, readonly MetricFacts[], Verdict, boolean]>([
  ['all pass', [good('a'), good('b')], 'pass', false],
  ['a critical one fails', [good('a'), good('b'), good('c'), good('d'), bad('e', true)], 'fail', true],
  ['one of four fails', [good('a'), good('b'), good('c'), bad('d')], 'inconclusive', false],
  ['one of three fails', [good('a'), good('b'), bad('c')], 'fail', true],
  ['one of twenty fails', [...Array.from({ length: 19 }, (_, i) => good(`m${i}`)), bad('z')], 'pass', false],
  [
    'a critical one is open',
    [...Array.from({ length: 30 }, (_, i) => good(`m${i}`)), open('z', true)],
    'inconclusive',
    false,
  ],
  ['one of two is open', [good('a'), open('b')], 'inconclusive', false],
  ['all are open', [open('a'), open('b')], 'inconclusive', false],
])('of several: when %s, the whole is decided', (_case, metrics, verdict, stopNow) => {
  expect(judge(metrics)).toMatchObject({ verdict, stopNow });
});

test('a bad pod fails the whole, however good the metrics', () => {
  expect(judge([good('a', true)], podFacts({ restarts: 2 }))).toMatchObject({
    verdict: 'fail',
    stopNow: true,
  });
});

test('without Prometheus the summary says that only pods were looked at', () => {
  const { prometheus: _none, ...podsOnly } = analysis;
  const report = judgeAnalysis(podsOnly, { metrics: [], pods: podFacts() });
  expect(report).toMatchObject({
    verdict: 'pass',
    summary:
      'pods only, as no Prometheus is configured: 1/1 pods running and ready; 0 restarts; 0 error lines in 1 log',
  });
});

test('the summary of a failure names what failed, and the evidence begins with it', () => {
  const report = judge([good('a'), bad('errors', true)], podFacts({ logs: [log(6)] }));
  expect(report.summary).toBe(
    'errors 90/1000 (9 %) against 10/10000 (0.1 %) on stable; 6 error lines in 1 log, more than 5',
  );
  expect(report.evidence.slice(0, 3)).toEqual([
    { subject: 'errors', detail: 'errors 90/1000 (9 %) against 10/10000 (0.1 %) on stable' },
    { subject: 'error logs', detail: '6 error lines in 1 log, more than 5' },
    { subject: 'shop-canary-1', detail: '6 error lines, first: error: no' },
  ]);
  expect(report.metrics.map(({ name }) => name)).toEqual(['a', 'errors', 'pods', 'restarts', 'error logs']);
});
