import { expect, test } from '@jest/globals';
import { createConfiguration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { defaultAnalysis } from '../../src/domain/defaults.ts';

/** The service `web` in an environment with Prometheus. */
function service(entry: string) {
  const text = `environments:
  dev: { cluster: dev-cluster, namespace: web, prometheus: "http://prometheus:9090/base" }
  bare: { cluster: dev-cluster, namespace: bare }
services: { web: { image: org/web, verification: { port: 8080 }, ${entry} } }
`;
  const configuration = createConfiguration('/srv/fairway.yaml', parseConfiguration(text, 'fairway.yaml'));
  const at = (environment: string) => configuration.resolveTarget({ service: 'web', environment }).service;
  return { dev: at('dev'), bare: at('bare') };
}

test('steps of a canary know their bakes and gates', () => {
  const { dev } = service(
    'canary: { steps: [{ weight: 20, bake: 1h, gate: true }, { weight: 60 }, { weight: 100 }] }',
  );
  expect(dev.canary).toEqual({
    steps: [
      { weight: 20, bakeSeconds: 3_600, gate: true },
      { weight: 60, bakeSeconds: 900, gate: false },
      { weight: 100, bakeSeconds: 300, gate: false },
    ],
  });
});

test('an empty blue/green part is the runbook’s', () => {
  expect(service('blueGreen: {}').dev.blueGreen).toEqual({
    smokeTests: [],
    gate: false,
    monitorSeconds: 600,
    keepSeconds: 30,
  });
});

test('smoke tests are spelled out with their defaults', () => {
  const { dev } = service(`blueGreen:
      { gate: true, monitor: 5m, keep: 1m, smokeTests: [
        { kind: command, name: api, command: [pytest, -v], timeout: 2m },
        { kind: job, name: journey, image: "example/journey:1", command: [run], baseUrlVariable: WEB_URL, port: 81 }
      ] }`);
  expect(dev.blueGreen).toEqual({
    gate: true,
    monitorSeconds: 300,
    keepSeconds: 60,
    smokeTests: [
      {
        kind: 'command',
        name: 'api',
        command: ['pytest', '-v'],
        baseUrlVariable: 'BASE_URL',
        port: 8080,
        timeoutSeconds: 120,
      },
      {
        kind: 'job',
        name: 'journey',
        image: 'example/journey:1',
        command: ['run'],
        baseUrlVariable: 'WEB_URL',
        port: 81,
        timeoutSeconds: 300,
      },
    ],
  });
});

test('an analysis asks the Prometheus of the environment, where there is one', () => {
  const { dev, bare } = service('analysis: {}');
  expect(dev.analysis).toEqual({ ...defaultAnalysis, prometheus: 'http://prometheus:9090/base' });
  expect(bare.analysis).toEqual(defaultAnalysis);
});

test('metrics are spelled out with their defaults, and without a limit where none is given', () => {
  const query = 'up{pod=~"{{pods}}"}';
  const { bare } = service(`analysis: { whenInconclusive: extend, metrics: [
      { kind: ratio, name: errors, failed: '${query}', total: '${query}', limit: 0.01, critical: true },
      { kind: distribution, name: latency, query: '${query}', tolerance: 0.1 }
    ] }`);
  expect(bare.analysis).toEqual({
    ...defaultAnalysis,
    whenInconclusive: 'extend',
    metrics: [
      {
        kind: 'ratio',
        name: 'errors',
        failed: query,
        total: query,
        limit: 0.01,
        tolerance: 0.25,
        minimumEvents: 50,
        critical: true,
      },
      {
        kind: 'distribution',
        name: 'latency',
        query,
        worse: 'higher',
        tolerance: 0.1,
        minimumSamples: 20,
        critical: false,
      },
    ],
  });
});
