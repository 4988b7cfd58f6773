import { expect, test } from '@jest/globals';
import { createConfiguration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';

const environments = `environments:
  dev: { cluster: dev-cluster, namespace: web }
  production: { cluster: prod-cluster, namespace: web, approvals: 2, slackChannel: C0123456789, announcement: {} }
`;

function configuration(services: string) {
  return createConfiguration(
    '/srv/fairway/fairway.yaml',
    parseConfiguration(environments + services, 'fairway.yaml'),
  );
}

function service(entry: string) {
  return configuration(`services: { web: ${entry} }\n`).resolveTarget({ service: 'web', environment: 'dev' })
    .service;
}

const http = {
  kind: 'http',
  severity: 'required',
  port: 8080,
  method: 'GET',
  expectStatus: [200],
  whenUnsupported: 'fail',
  timeoutSeconds: 5,
};
const replicas = { kind: 'replicas', name: 'deployment replicas', severity: 'required' };
const pods = { kind: 'pods', name: 'pods running', severity: 'required' };
const logs = {
  kind: 'logs',
  name: 'error logs',
  severity: 'advisory',
  pattern: 'error|exception|fatal',
  limit: 10,
  windowSeconds: 300,
};
const image = { kind: 'image', name: 'deployed version', severity: 'required' };

test('a service needs no more than its image', () => {
  expect(service('{ image: org/web }')).toEqual({
    name: 'web',
    displayName: 'web',
    deployment: 'web',
    container: 'web',
    image: 'org/web',
    kubernetesService: 'web',
    update: 'image',
    verification: { reach: 'portForward', checks: [replicas, pods, logs, image] },
    timeouts: { helmSeconds: 600, rolloutSeconds: 300, verificationSeconds: 120 },
  });
});

test('with a port, a service gets the seven checks of the runbook', () => {
  expect(service('{ image: org/web, verification: { port: 8080 } }').verification.checks).toEqual([
    replicas,
    pods,
    { ...http, name: 'health endpoint', path: '/health', expectJson: { status: 'healthy' } },
    { ...http, name: 'ready endpoint', path: '/ready', expectJson: { status: 'ready' } },
    {
      ...http,
      name: 'database connectivity',
      path: '/health/db',
      expectJson: { status: 'connected' },
      whenUnsupported: 'warn',
    },
    logs,
    image,
  ]);
});

test.each([
  [
    '{ kind: http, path: /metrics, port: 9090 }',
    { ...http, name: 'GET /metrics', path: '/metrics', port: 9090 },
  ],
  [
    '{ kind: http, path: /a, method: HEAD, expectStatus: [200, 204], timeout: 1m30s, severity: advisory, expectBody: ok }',
    {
      ...http,
      name: 'HEAD /a',
      path: '/a',
      method: 'HEAD',
      expectStatus: [200, 204],
      timeoutSeconds: 90,
      severity: 'advisory',
      expectBody: 'ok',
    },
  ],
  [
    '{ kind: http, path: /a, expectJson: { ready: true, db.state: up, error: null, count: 3 } }',
    {
      ...http,
      name: 'GET /a',
      path: '/a',
      expectJson: { ready: true, 'db.state': 'up', error: null, count: 3 },
    },
  ],
  [
    '{ kind: logs, severity: required, limit: 0, window: 1h }',
    { ...logs, severity: 'required', limit: 0, windowSeconds: 3600 },
  ],
  [
    '{ kind: image, reported: { path: /version, field: build.version } }',
    { ...image, reported: { port: 8080, path: '/version', field: 'build.version' } },
  ],
])('the check %s is spelled out with its defaults', (check, expected) => {
  expect(
    service(`{ image: org/web, verification: { port: 8080, checks: [${check}] } }`).verification.checks,
  ).toEqual([expected]);
});

test.each([
  ['{ chart: ./chart }', { release: 'web', chart: '/srv/fairway/chart', imageTagValue: 'image.tag' }],
  [
    '{ chart: deploy/helm/web }',
    { release: 'web', chart: '/srv/fairway/deploy/helm/web', imageTagValue: 'image.tag' },
  ],
  ['{ chart: /opt/charts/web }', { release: 'web', chart: '/opt/charts/web', imageTagValue: 'image.tag' }],
  [
    '{ release: site, chart: oci://registry.example.com/web, version: "1.10", imageTagValue: web.image.tag }',
    {
      release: 'site',
      chart: 'oci://registry.example.com/web',
      version: '1.10',
      imageTagValue: 'web.image.tag',
    },
  ],
  [
    '{ chart: web, repository: "https://charts.example.com" }',
    { release: 'web', chart: 'web', repository: 'https://charts.example.com', imageTagValue: 'image.tag' },
  ],
])('with the helm part %s a service is updated by Helm', (helm, expected) => {
  expect(service(`{ image: org/web, helm: ${helm} }`)).toMatchObject({ update: 'helm', helm: expected });
});

test('a service that Helm installed can be updated by image', () => {
  expect(service('{ image: org/web, update: image, helm: { chart: ./chart } }').update).toBe('image');
});

test('an environment carries its cluster, its queue and what people agreed', () => {
  const { environments: known } = configuration('services: { web: { image: org/web } }\n');
  expect(known).toEqual([
    {
      name: 'dev',
      cluster: 'dev-cluster',
      namespace: 'web',
      taskQueue: 'fairway-dev',
      strategy: 'standard',
      whenHeld: 'reject',
      approval: { required: 0, people: [], expirySeconds: 86_400 },
      checklist: [],
      checklistExpirySeconds: 86_400,
    },
    {
      name: 'production',
      cluster: 'prod-cluster',
      namespace: 'web',
      taskQueue: 'fairway-production',
      strategy: 'standard',
      whenHeld: 'reject',
      approval: { required: 2, people: [], expirySeconds: 86_400 },
      checklist: [],
      checklistExpirySeconds: 86_400,
      slackChannel: 'C0123456789',
      announcement: { leadSeconds: 900 },
    },
  ]);
});

test('a service may live in a namespace of its own', () => {
  const two = configuration(`services:
  web: { image: org/web }
  api: { image: org/api, environments: { production: { namespace: api } } }
`);
  const namespace = (name: string, environment: string) =>
    two.resolveTarget({ service: name, environment }).environment.namespace;

  expect(namespace('web', 'production')).toBe('web');
  expect(namespace('api', 'production')).toBe('api');
  expect(namespace('api', 'dev')).toBe('web');
});

test('anchors, aliases and merge keys work', () => {
  const text = `environments:
  dev: &usual { cluster: dev-cluster, namespace: web }
  staging: { <<: *usual, cluster: staging-cluster }
services: { web: { image: org/web } }
`;
  expect(parseConfiguration(text, 'fairway.yaml').environments['staging']).toMatchObject({
    cluster: 'staging-cluster',
    namespace: 'web',
  });
});

test('the control queue is fairway unless the file says otherwise', () => {
  const services = 'services: { web: { image: org/web } }\n';
  expect(configuration(services).taskQueue).toBe('fairway');
  expect(configuration(`${services}temporal: { taskQueue: releases }\n`).taskQueue).toBe('releases');
});
