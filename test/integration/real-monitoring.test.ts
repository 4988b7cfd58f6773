/** Canaries judged by a real Prometheus and a real Alertmanager, which watch simulated pods under a light load. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { startTemporalServer, type TemporalServer } from '../../local/temporal-server.ts';
import { isLeftOut } from '../../local/test-programs.mjs';
import { startWorkerProcess } from '../../local/worker-process.ts';
import { toolsFolder, useLocalCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { monitoringPrograms, startMonitoring, type Monitoring } from '../support/monitoring.ts';
import { recordHistory } from '../support/record-history.ts';
import { installService, type ServiceUnderRelease } from '../support/service-under-release.ts';
import { findStandIns, type StandIns } from '../support/stand-ins.ts';
import { startLoad, type Load } from '../support/steady-load.ts';
import { temporalCli } from '../support/temporal-cli.ts';

// Whole releases on a machine that may be busy.
jest.setTimeout(1_200_000);

const watch = 'Watch at 34 %';
/** Seconds: far more than a clear failure needs. */
const long = 120;

(isLeftOut('MONITORING') ? describe.skip : describe)('judged by Prometheus and Alertmanager', () => {
  const cluster = useLocalCluster();
  const names = ['errors', 'alert', 'quiet', 'well'] as const;
  type Name = (typeof names)[number];
  const services = new Map<Name, ServiceUnderRelease>();
  const loads: Load[] = [];
  /** The last one first, and only what was started. */
  const stops: (() => Promise<void>)[] = [];
  let temporal: TemporalServer;
  let monitoring: Monitoring;
  let standIns: StandIns;
  const { cli, status, until } = temporalCli(() => temporal.address);
  const namespaceOf = (name: Name): string => services.get(name)?.namespace ?? '';

  beforeAll(async () => {
    // Before anything is started.
    monitoringPrograms();
    const folder = await mkdtemp(join(tmpdir(), 'fairway-monitoring-'));
    stops.push(() => rm(folder, { recursive: true }));
    const install = async (name: Name): Promise<void> => {
      const own = join(folder, name);
      services.set(
        name,
        await installService(cluster(), { folder: own, version: '4.0.0', minReadySeconds: 0 }),
      );
    };
    const startServer = async (): Promise<void> => {
      temporal = await startTemporalServer({ bin: toolsFolder(), port: 0, uiPort: 0, headless: true });
      stops.push(temporal.stop);
    };
    await Promise.all([startServer(), ...names.map(install)]);
    standIns = findStandIns(cluster().config, names.map(namespaceOf));
    monitoring = await startMonitoring({ folder, standIns, rules: rules(namespaceOf('alert')) });
    stops.push(monitoring.stop);
    const configFile = join(folder, 'fairway.yaml');
    await writeFile(configFile, configuration(cluster().config.currentContext, namespaceOf, monitoring));
    const worker = startWorkerProcess({
      temporalAddress: temporal.address,
      configFile,
      kubeconfig: cluster().kubeconfig,
      helm: join(toolsFolder(), 'helm'),
      logFile: join(folder, 'worker.log'),
    });
    stops.push(worker.stop);
    await worker.ready;
  });

  afterAll(async () => {
    await Promise.all(loads.map((load) => load.stop()));
    for (const stop of stops.reverse()) await stop();
  });

  /** So many requests a second for each ready pod, until the file's tests are done. */
  function load(name: Name, perSecond: number): void {
    loads.push(startLoad(standIns, { namespace: namespaceOf(name), path: '/v1/training', perSecond }));
  }

  async function start(name: Name, version: string, bakeSeconds: number): Promise<void> {
    const steps = [
      { weight: 34, bake: `${bakeSeconds}s` },
      { weight: 100, bake: 0 },
    ];
    const input = { service: 'tensafe', environment: name, version, steps };
    await cli(
      ...['workflow', 'start', '--type', 'canaryDeployment', '--task-queue', 'fairway-monitoring'],
      ...['--workflow-id', name, '--input', JSON.stringify(input)],
    );
  }

  async function ended(name: Name): Promise<ReleaseStatus> {
    await cli('workflow', 'result', '-w', name);
    return status(name);
  }

  const step = ({ steps }: ReleaseStatus, name: string) => steps.find((one) => one.name === name);
  const verdicts = ({ analysis }: ReleaseStatus) =>
    Object.fromEntries((analysis?.metrics ?? []).map(({ name, verdict }) => [name, verdict]));

  test.concurrent('a canary with a raised error ratio is stopped by its analysis', async () => {
    load('errors', 8);
    await start('errors', '4.1.0-api-down', long);
    const seen = await ended('errors');
    expect(seen).toMatchObject({ outcome: 'rolledBack', analysis: { verdict: 'fail', stopNow: true } });
    expect(seen.analysis?.summary).toMatch(/^error ratio (\d+)\/\d+ \(\d+ %\), above the limit of 5 %$/);
    expect(verdicts(seen)).toMatchObject({ 'error ratio': 'fail', alerts: 'pass', pods: 'pass' });
    await recordHistory(temporal.address, 'target:tensafe:errors', 'canary-failed-by-metrics');
    expect(step(seen, watch)).toMatchObject({ state: 'failed' });
    expect(await services.get('errors')?.images()).toEqual(['tensafe/server:4.0.0']);
  });

  test.concurrent('a canary under which an alert begins is stopped, whatever its metrics say', async () => {
    await start('alert', '4.1.0-api-down', long);
    await until('alert', watch);
    // Enough for an alert, and far too little for a verdict on the ratio.
    load('alert', 0.2);
    const seen = await ended('alert');
    expect(seen).toMatchObject({ outcome: 'rolledBack', analysis: { verdict: 'fail', stopNow: true } });
    expect(seen.analysis?.summary).toBe('1 alert began: TenSafeFails (critical)');
    expect(seen.analysis?.evidence).toContainEqual({
      subject: 'TenSafeFails (critical)',
      detail: expect.stringMatching(/^fires since .* UTC: requests fail$/),
    });
    expect(verdicts(seen)).toMatchObject({ 'error ratio': 'inconclusive', alerts: 'fail' });
    await recordHistory(temporal.address, 'target:tensafe:alert', 'canary-stopped-by-an-alert');
  });

  test.concurrent('a canary without traffic is inconclusive, and goes no further', async () => {
    await start('quiet', '4.1.0', 60);
    const seen = await ended('quiet');
    expect(seen).toMatchObject({ outcome: 'rolledBack', analysis: { verdict: 'inconclusive' } });
    expect(seen.analysis?.summary).toMatch(/^error ratio \d+ events? on the new track, fewer than the 30/);
  });

  test.concurrent(
    'a canary that does as well as the old version goes on, and no alert is in the way',
    async () => {
      load('well', 8);
      // Enough requests for a verdict also where each of them takes long.
      await start('well', '4.1.0', 45);
      const seen = await ended('well');
      expect(seen.analysis?.summary).toMatch(/^1\/1 metric passed; 1\/1 check passed; no alert began; /);
      expect(seen).toMatchObject({ outcome: 'released', analysis: { verdict: 'pass' } });
      expect(verdicts(seen)).toMatchObject({
        'error ratio': 'pass',
        alerts: 'pass',
        'health endpoint': 'pass',
      });
      expect(seen.verification?.checks.at(-1)).toMatchObject({ name: 'alerts', verdict: 'pass' });
      await recordHistory(temporal.address, 'target:tensafe:well', 'canary-passed-by-metrics');
    },
  );

  test('both were really asked: Alertmanager has the alert from Prometheus, and knows when it is over', async () => {
    const asked = `${monitoring.prometheus}/api/v1/query?query=count(count_over_time(ALERTS[1h]))`;
    const { data } = (await (await fetch(asked)).json()) as {
      readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
    };
    expect(Number(data.result[0]?.value[1])).toBeGreaterThanOrEqual(1);
    const firing = async () =>
      (await (await fetch(`${monitoring.alertmanager}/api/v2/alerts`)).json()) as unknown[];
    await eventually(firing, (alerts) => alerts.length === 0, { everyMs: 200 });
  });
});

/** A failed request anywhere in the namespace; a real one would count them over minutes. */
function rules(namespace: string): string {
  return `
groups:
  - name: tensafe
    rules:
      - alert: TenSafeFails
        expr: sum by (namespace, service) (http_requests_total{namespace="${namespace}", status="error"}) > 0
        labels: { severity: critical }
        annotations: { summary: requests fail }
`;
}

function configuration(
  context: string,
  namespaceOf: (name: 'errors' | 'alert' | 'quiet' | 'well') => string,
  { prometheus, alertmanager }: Monitoring,
): string {
  const environment = (name: 'errors' | 'alert' | 'quiet' | 'well') =>
    `  ${name}: { cluster: ${context}, namespace: ${namespaceOf(name)}, prometheus: '${prometheus}', alertmanager: '${alertmanager}' }`;
  return `
temporal: { taskQueue: fairway-monitoring }
environments:
${(['errors', 'alert', 'quiet', 'well'] as const).map(environment).join('\n')}
services:
  tensafe:
    displayName: TenSafe
    deployment: tensafe-server
    container: tensafe
    image: tensafe/server
    kubernetesService: tensafe-server
    update: image
    helm: { release: tensafe, chart: ./well/chart, imageTagValue: image.tag }
    alerts: {}
    analysis:
      metrics:
        - kind: ratio
          name: error ratio
          failed: sum(increase(http_requests_total{namespace="{{namespace}}", pod=~"{{pods}}", status="error"}[{{window}}])) or vector(0)
          total: sum(increase(http_requests_total{namespace="{{namespace}}", pod=~"{{pods}}"}[{{window}}]))
          limit: 0.05
          minimumEvents: 30
          critical: true
      whenInconclusive: rollBack
    verification:
      port: 8000
      checks: [replicas, pods, health, image, alerts]
`;
}
