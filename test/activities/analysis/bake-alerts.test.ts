import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import {
  startAlertmanagerServer,
  type AlertmanagerFault,
  type AlertmanagerServer,
} from '../../support/alertmanager-server.ts';
import { calmCluster, runBake, type Bake } from './bench.ts';

const servers: AlertmanagerServer[] = [];
let server: AlertmanagerServer;

beforeEach(async () => {
  server = await startAlertmanagerServer();
  servers.push(server);
});

afterAll(async () => {
  await Promise.all(servers.map((one) => one.stop()));
});

const minute = 60_000;

function fires(name: string, since: number, labels: Readonly<Record<string, string>> = {}) {
  server.alerts.push({
    labels: { alertname: name, severity: 'critical', namespace: 'shop-dev', ...labels },
    annotations: { summary: 'p95 above 1 s, password=hunter2' },
    since,
  });
}

function bake(change: Partial<Bake> = {}) {
  return runBake({
    cluster: calmCluster,
    service: { alerts: { alertmanager: `${server.url}/`, matchers: ['namespace="{{namespace}}"'] } },
    ...change,
  });
}

test('a quiet bake says that no alert began', async () => {
  fires('Elsewhere', Date.now(), { namespace: 'other' });
  const { report } = await bake();
  expect(report).toMatchObject({ verdict: 'pass', stopNow: false });
  expect(report.summary).toBe(
    'no metrics, as no Prometheus is configured: no alert began; 1/1 pods running and ready; 0 restarts; 0 error lines in 1 log',
  );
  expect(server.asked[0]).toEqual(['namespace="shop-dev"']);
  expect(server.asked.length).toBeGreaterThan(1);
});

test('an alert that begins in the middle ends the bake at once, by name and without its secrets', async () => {
  const from = performance.now();
  const environment = (info: { scheduledTimestampMs: number }) =>
    new MockActivityEnvironment(info).once('heartbeat', () => fires('SlowAnswers', Date.now()));
  const { report, beats } = await bake({ seconds: 600, environment });
  expect(performance.now() - from).toBeLessThan(120_000);
  expect(beats[0]?.verdict).toBe('pass');
  expect(report).toMatchObject({ verdict: 'fail', stopNow: true });
  expect(report.summary).toMatch(/: 1 alert began: SlowAnswers \(critical\)$/);
  expect(report.evidence[1]).toMatchObject({
    subject: 'SlowAnswers (critical)',
    detail: expect.stringMatching(/^fires since \d{4}-.* UTC: p95 above 1 s, password=\[redacted\]$/),
  });
});

test('one that fired before is told and fails nothing; what others silenced is not told', async () => {
  fires('DiskFull', Date.now() - minute);
  server.alerts.push({
    labels: { alertname: 'Silenced', namespace: 'shop-dev' },
    since: Date.now() + minute,
    state: 'suppressed',
  });
  const { report } = await bake();
  expect(report.verdict).toBe('pass');
  expect(report.summary).toMatch(/no alert began, 1 alert from before;/);
  expect(report.evidence).toContainEqual(expect.objectContaining({ subject: 'DiskFull (critical)' }));
  expect(JSON.stringify(report)).not.toMatch(/Silenced/);
});

test('one that began between two bakes of a release counts when the release says when it began', async () => {
  fires('SlowAnswers', Date.now() - minute);
  const { report } = await bake({ since: Date.now() - 2 * minute, seconds: 600 });
  expect(report).toMatchObject({ verdict: 'fail', stopNow: true });
});

test('an attempt after a worker has died counts from the first', async () => {
  fires('SlowAnswers', Date.now() - minute);
  const { report } = await bake({ scheduledAgo: 120, seconds: 600 });
  expect(report.stopNow).toBe(true);
});

test.each<[string, AlertmanagerFault, RegExp]>([
  ['drops the connection', { mode: 'outage' }, /Alertmanager cannot be reached: UND_ERR_SOCKET/],
  ['stops in the middle', { mode: 'cutOff' }, /Alertmanager cannot be reached: /],
  ['is overloaded', { mode: 'status', status: 503, body: 'busy' }, /Alertmanager answered HTTP 503: busy/],
  ['wants a sign-in', { mode: 'status', status: 302 }, /Alertmanager answered HTTP 302/],
  ['refuses', { mode: 'status', status: 401, body: 'Bearer abcdefghijkl' }, /HTTP 401: Bearer \[redacted\]/],
  ['answers a page', { mode: 'page' }, /not one of Alertmanager's API/],
  ['answers without end', { mode: 'huge', bytes: 5 * 1024 * 1024 }, /larger than \d+ bytes/],
])('an Alertmanager that %s leaves the bake open', async (_case, fault, reason) => {
  server.fail(fault);
  const { report } = await bake({ seconds: 0 });
  expect(report).toMatchObject({ verdict: 'inconclusive', stopNow: false });
  expect(report.summary).toMatch(/: alerts not known: /);
  expect(report.summary).toMatch(reason);
});

test('one lost connection is not an outage, and an outage in the middle costs nothing', async () => {
  server.fail({ mode: 'outage', times: 1 });
  expect((await bake({ seconds: 0 })).report.verdict).toBe('pass');
  server.fail({ mode: 'page', times: 1 });
  const { report, beats } = await bake();
  expect(beats[0]?.verdict).toBe('inconclusive');
  expect(report.verdict).toBe('pass');
});

test('nobody listening leaves the bake open', async () => {
  await server.stop();
  const { report } = await bake({ seconds: 0 });
  expect(report.verdict).toBe('inconclusive');
  expect(report.summary).toMatch(/Alertmanager cannot be reached: ECONNREFUSED/);
});

test('matchers that cannot be filled in say so', async () => {
  const alerts = { alertmanager: server.url, matchers: ['service="{{pods}}"'] };
  const { report } = await bake({ service: { alerts }, seconds: 0 });
  expect(report.verdict).toBe('inconclusive');
  expect(report.summary).toMatch(/alerts not known: there is no \{\{pods\}\}/);
  expect(server.asked).toEqual([]);
});

test('a bake that is cancelled while Alertmanager does not answer ends at once', async () => {
  server.fail({ mode: 'hang' });
  const from = performance.now();
  const environment = (info: { scheduledTimestampMs: number }) => {
    const mock = new MockActivityEnvironment(info);
    setTimeout(() => mock.cancel(), 300);
    return mock;
  };
  await expect(bake({ seconds: 600, environment })).rejects.toMatchObject({ name: 'CancelledFailure' });
  expect(performance.now() - from).toBeLessThan(120_000);
});
