import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { MetricSpec } from '../../../src/domain/analysis.ts';
import {
  startPrometheusServer,
  type PrometheusFault,
  type PrometheusServer,
} from '../../support/prometheus-server.ts';
import { calmCluster, runBake, type Bake } from './bench.ts';

const servers: PrometheusServer[] = [];
let server: PrometheusServer;

beforeEach(async () => {
  server = await startPrometheusServer();
  servers.push(server);
});

afterAll(async () => {
  await Promise.all(servers.map((one) => one.stop()));
});

const errors: MetricSpec = {
  kind: 'ratio',
  name: 'errors',
  failed:
    'sum(increase(http_requests_total{namespace="{{namespace}}",pod=~"{{pods}}",code=~"5.."}[{{window}}]))',
  total: 'sum(increase(http_requests_total{namespace="{{namespace}}",pod=~"{{pods}}"}[{{window}}]))',
  tolerance: 0.25,
  minimumEvents: 50,
  critical: true,
};

const latency: MetricSpec = {
  kind: 'distribution',
  name: 'p95 latency',
  query: 'histogram_quantile(0.95, sum by (le) (rate(http_seconds_bucket{track="{{track}}"}[4s])))',
  worse: 'higher',
  tolerance: 0.25,
  minimumSamples: 5,
  critical: true,
};

const ofCanary = /pod=~"tensafe-server-canary-1"/;
const failed = /code=/;

function traffic(canary: readonly [number, number], stable: readonly [number, number]): void {
  const when = (query: string, counts: readonly [number, number]) => counts[failed.test(query) ? 0 : 1];
  server.answer(/http_requests_total/, (_time, query) => [
    when(query, ofCanary.test(query) ? canary : stable),
  ]);
}

function bake(metrics: readonly MetricSpec[], change: Partial<Bake> = {}) {
  return runBake({
    cluster: calmCluster,
    ...change,
    spec: { prometheus: server.url, metrics, ...change.spec },
  });
}

test('equal tracks pass at the end of the bake, each look heartbeat with the verdict and the seconds left', async () => {
  traffic([1, 400], [10, 4000]);
  server.answer(/track="canary"/, (time) => [0.2 + (time % 7) / 100]);
  server.answer(/track=""/, (time) => [0.2 + (time % 5) / 100]);
  const from = performance.now();
  const { report, beats } = await bake([errors, latency], { scheduledAgo: 30, seconds: 45 });
  expect(performance.now() - from).toBeGreaterThan(14_900);
  expect(report).toMatchObject({ verdict: 'pass', stopNow: false });
  expect(report.summary).toBe(
    '2/2 metrics passed; 1/1 pods running and ready; 0 restarts; 0 error lines in 1 log',
  );
  expect(report.metrics[0]?.summary).toBe('errors 1/400 (0.25 %) against 10/4000 (0.25 %) on stable');
  expect(beats.length).toBeGreaterThanOrEqual(2);
  expect(beats[0]).toEqual({ secondsLeft: expect.any(Number), verdict: 'pass', summary: report.summary });
  expect(beats[0]?.secondsLeft).toBeGreaterThanOrEqual(1);
  expect(beats.at(-1)?.secondsLeft).toBe(0);
});

test('both tracks are asked over the same window, with the namespace, the pods and the track put in', async () => {
  traffic([1, 400], [10, 4000]);
  await bake([errors, latency], { scheduledAgo: 30, seconds: 30 });
  const instants = server.asked.filter(({ path }) => path === '/api/v1/query');
  const ranges = server.asked.filter(({ path }) => path === '/api/v1/query_range');
  expect(instants.map(({ query }) => query).sort()).toEqual(
    ['tensafe-server-1', 'tensafe-server-canary-1'].flatMap((pod) => [
      `sum(increase(http_requests_total{namespace="shop-dev",pod=~"${pod}",code=~"5.."}[30s]))`,
      `sum(increase(http_requests_total{namespace="shop-dev",pod=~"${pod}"}[30s]))`,
    ]),
  );
  const [end, ...otherEnds] = new Set(instants.map(({ parameters }) => parameters['time']));
  expect(otherEnds).toEqual([]);
  expect(ranges).toHaveLength(2);
  for (const { parameters } of ranges) {
    expect(parameters).toMatchObject({ end, step: '1' });
    expect(Number(parameters['end']) - Number(parameters['start'])).toBeCloseTo(30, 2);
  }
});

test('a clear failure ends the bake early', async () => {
  traffic([120, 400], [10, 4000]);
  const from = performance.now();
  const { report } = await bake([errors], { seconds: 600 });
  expect(performance.now() - from).toBeLessThan(120_000);
  expect(report).toMatchObject({ verdict: 'fail', stopNow: true });
  expect(report.summary).toBe('errors 120/400 (30 %) against 10/4000 (0.25 %) on stable');
});

test('a doubtful failure is watched to the end', async () => {
  traffic([6, 500], [10, 4500]);
  const { report, beats } = await bake([errors]);
  expect(report).toMatchObject({ verdict: 'fail', stopNow: false });
  expect(beats.length).toBeGreaterThanOrEqual(2);
});

test('what turns bad in the middle is noticed', async () => {
  const looks = 2;
  server.answer(/http_requests_total/, (_time, query) => {
    if (!failed.test(query)) return [1000];
    return [ofCanary.test(query) && server.asked.length > looks * 4 ? 300 : 1];
  });
  const { report, beats } = await bake([errors], { seconds: 600 });
  expect(beats[0]?.verdict).toBe('pass');
  expect(report).toMatchObject({ verdict: 'fail', stopNow: true });
});

test('a canary without requests is inconclusive', async () => {
  traffic([0, 0], [10, 4000]);
  const { report } = await bake([errors]);
  expect(report).toMatchObject({ verdict: 'inconclusive', stopNow: false });
  expect(report.summary).toMatch(/^errors 0 events on the new track/);
});

test.each<[string, PrometheusFault, RegExp]>([
  ['drops the connection', { mode: 'outage' }, /Prometheus cannot be reached: /],
  ['stops in the middle', { mode: 'cutOff' }, /Prometheus cannot be reached: /],
  ['is overloaded', { mode: 'status', status: 503, body: 'upstream is busy' }, /HTTP 503: upstream is busy/],
  ['limits the rate', { mode: 'status', status: 429 }, /Prometheus answered HTTP 429/],
  ['wants a sign-in', { mode: 'status', status: 302 }, /Prometheus answered HTTP 302/],
  [
    'wants credentials',
    { mode: 'status', status: 401, body: 'Bearer abcdefghijkl' },
    /HTTP 401: Bearer \[redacted\]/,
  ],
  ['answers a page', { mode: 'page' }, /not one of the Prometheus API/],
  [
    'takes too long for a query',
    { mode: 'error', status: 422, errorType: 'execution', error: 'query timed out' },
    /refused the query \(execution\): query timed out/,
  ],
  [
    'warns of partial data',
    { mode: 'warning', warning: 'store is away' },
    /Prometheus warned: store is away/,
  ],
  ['answers native histograms', { mode: 'histogram' }, /the result is not a series of numbers/],
  [
    'answers without end',
    { mode: 'huge', bytes: 5 * 1024 * 1024 },
    /the answer is larger than 4194304 bytes/,
  ],
])('a Prometheus that %s makes it inconclusive, with the reason', async (_manner, fault, reason) => {
  traffic([0, 400], [0, 4000]);
  server.fail(fault);
  const { report } = await bake([errors], { seconds: 0 });
  expect(report).toMatchObject({ verdict: 'inconclusive', stopNow: false });
  expect(report.summary).toMatch(reason);
});

test.each<[string, readonly number[], RegExp]>([
  ['no number', [NaN], /the value is NaN/],
  ['an infinite number', [Infinity], /the value is \+Inf/],
  ['a negative count', [-5], /cannot be; correct the two queries/],
  ['no series', [], /"total": no data \(if that means none, add "or vector\(0\)" to the query\)/],
  ['several series', [1, 2, 3], /"total": 3 series instead of one: aggregate them/],
])('%s makes a ratio inconclusive', async (_case, values, reason) => {
  server.answer(/http_requests_total/, () => values);
  const { report } = await bake([errors], { seconds: 0 });
  expect(report.verdict).toBe('inconclusive');
  expect(report.summary).toMatch(reason);
});

test.each<[string, (time: number) => readonly number[], RegExp]>([
  ['no numbers', () => [NaN], /31 samples, none of them a number/],
  ['infinite samples', () => [Infinity], /31 samples infinite/],
  ['no series', () => [], /not known: no data/],
  ['too many series', () => Array.from({ length: 51 }, () => 1), /51 series, more than 50: aggregate them/],
])('%s make a distribution inconclusive', async (_case, series, reason) => {
  server.answer(/http_seconds_bucket/, series);
  const { report } = await bake([latency], { scheduledAgo: 30, seconds: 30 });
  expect(report.verdict).toBe('inconclusive');
  expect(report.summary).toMatch(reason);
});

test('steps without traffic are left out, and the rest compared', async () => {
  server.answer(/track="canary"/, (time) => [Math.floor(time) % 2 === 0 ? NaN : 0.8]);
  server.answer(/track=""/, (time) => [0.2 + (time % 5) / 1000]);
  const { report } = await bake([latency], { scheduledAgo: 60, seconds: 600 });
  expect(report).toMatchObject({ verdict: 'fail', stopNow: true });
});

test('one lost connection is not an outage', async () => {
  traffic([0, 400], [0, 4000]);
  server.fail({ mode: 'outage', times: 1, query: ofCanary });
  const { report } = await bake([errors], { seconds: 0 });
  expect(report.verdict).toBe('pass');
});

test('a provider that was away in the middle of the bake costs nothing', async () => {
  traffic([0, 400], [0, 4000]);
  server.fail({ mode: 'page', times: 4 });
  const { report, beats } = await bake([errors]);
  expect(beats[0]?.verdict).toBe('inconclusive');
  expect(report.verdict).toBe('pass');
});

test('a proxy that takes no posts is asked by GET', async () => {
  traffic([0, 400], [0, 4000]);
  server.fail({ mode: 'noPosts' });
  const { report } = await bake([errors], { seconds: 0 });
  expect(report.verdict).toBe('pass');
});

test('nobody listening is inconclusive', async () => {
  await server.stop();
  const { report } = await bake([errors], { seconds: 0 });
  expect(report.verdict).toBe('inconclusive');
  expect(report.summary).toMatch(/Prometheus cannot be reached: connect ECONNREFUSED/);
});

test('a query that Prometheus cannot parse, or that reads the same for both tracks, says so', async () => {
  const broken = { ...errors, total: 'sum(increase(x{pod=~"{{pods}}"}[{{window}}])' };
  const same = { ...latency, query: 'histogram_quantile(0.95, sum by (le) (rate(x[1m])))' };
  const { report } = await bake([broken, same], { seconds: 0 });
  expect(report.verdict).toBe('inconclusive');
  expect(report.metrics[0]?.summary).toMatch(/"total": Prometheus refused the query \(bad_data\): invalid/);
  expect(report.metrics[1]?.summary).toMatch(/the query reads the same for both tracks/);
});

test('a later attempt ends when the first would have, and after that looks once more', async () => {
  traffic([0, 400], [0, 4000]);
  const from = performance.now();
  const { report, beats } = await bake([errors], { scheduledAgo: 3600, seconds: 900 });
  expect(performance.now() - from).toBeLessThan(120_000);
  expect(report.verdict).toBe('pass');
  expect(beats).toHaveLength(1);
  expect(server.asked[0]?.query).toMatch(/\[900s\]/);
});

test.each([
  ['between two looks', undefined],
  ['while Prometheus does not answer', { mode: 'hang' } as const],
])('a bake that is cancelled %s ends at once', async (_when, fault) => {
  traffic([0, 400], [0, 4000]);
  if (fault !== undefined) server.fail(fault);
  const from = performance.now();
  const cancelSoon = (info: { scheduledTimestampMs: number }) => {
    const environment = new MockActivityEnvironment(info);
    setTimeout(() => environment.cancel(), 300);
    return environment;
  };
  const bakes = bake([errors], { seconds: 600, lookSeconds: 60, environment: cancelSoon });
  await expect(bakes).rejects.toMatchObject({ name: 'CancelledFailure' });
  expect(performance.now() - from).toBeLessThan(120_000);
});
