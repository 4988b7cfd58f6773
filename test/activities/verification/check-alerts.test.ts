import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { CheckSpec } from '../../../src/domain/check.ts';
import { aTarget } from '../../support/a-target.ts';
import { startAlertmanagerServer, type AlertmanagerServer } from '../../support/alertmanager-server.ts';
import { aNamespace, useLocalCluster } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { realCluster, rolledOut, targetIn, verify } from './bench.ts';

const cluster = useLocalCluster();
const check: CheckSpec = { kind: 'alerts', name: 'alerts', severity: 'required' };
let server: AlertmanagerServer;
let namespace: string;

beforeAll(async () => {
  server = await startAlertmanagerServer();
  namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag: '4.1.0', replicas: 1 });
  await rolledOut(cluster(), namespace);
});
afterEach(() => {
  server.heal();
  server.alerts.length = 0;
});
afterAll(() => server.stop());

function target(matchers = ['namespace="{{namespace}}"', 'service="{{service}}"']) {
  const { environment, service } = targetIn(namespace, [check]);
  return aTarget({
    environment,
    service: { ...service, kubernetesService: 'shop', alerts: { alertmanager: server.url, matchers } },
  });
}

function fires(since: number): void {
  server.alerts.push({
    labels: { alertname: 'SlowAnswers', namespace, service: 'shop', severity: 'page' },
    since,
  });
}

test('no alert of its own passes', async () => {
  server.alerts.push({ labels: { alertname: 'Other', namespace, service: 'cart' }, since: Date.now() });
  const report = await verify(realCluster(cluster()), target());
  expect(report).toMatchObject({ verdict: 'pass', checks: [{ name: 'alerts', summary: 'no alert fires' }] });
});

test('one that fires fails, by name', async () => {
  fires(Date.now() - 3_600_000);
  const report = await verify(realCluster(cluster()), target());
  expect(report).toMatchObject({ verdict: 'fail', summary: 'alerts: 1 alert fires: SlowAnswers (page)' });
});

test('one from before the change that is verified is told, and fails nothing', async () => {
  fires(Date.now() - 3_600_000);
  const report = await verify(realCluster(cluster()), target(), { since: Date.now() - 60_000 });
  expect(report).toMatchObject({ verdict: 'pass' });
  expect(report.checks[0]?.evidence[0]?.subject).toBe('SlowAnswers (page)');
});

test('an Alertmanager that comes back is waited for, one that does not is no pass', async () => {
  server.fail({ mode: 'outage', times: 3 });
  expect((await verify(realCluster(cluster()), target())).verdict).toBe('pass');
  server.fail({ mode: 'status', status: 400, body: 'bad matcher format' });
  expect(await verify(realCluster(cluster()), target())).toMatchObject({
    verdict: 'inconclusive',
    summary: expect.stringMatching(/^alerts: alerts not known: Alertmanager answered HTTP 400: bad matcher/),
  });
});

test('without an Alertmanager the check is not made, and is no pass', async () => {
  const report = await verify(realCluster(cluster()), targetIn(namespace, [check]));
  expect(report).toMatchObject({
    verdict: 'inconclusive',
    summary: 'alerts: not checked: shop names no alerts, or dev no alertmanager',
  });
});
