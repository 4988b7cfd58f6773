import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createConfiguration } from '../../src/config/configuration.ts';
import { loadConfiguration, parseConfiguration } from '../../src/config/load.ts';

const profile = fileURLToPath(new URL('../../profiles/tensafe/', import.meta.url));

test.each([
  ['dev', { cluster: 'dev-cluster', namespace: 'tensafe-dev' }, 0],
  ['staging', { cluster: 'staging-cluster', namespace: 'tensafe-staging' }, 0],
  [
    'production',
    {
      cluster: 'prod-cluster',
      namespace: 'tensafe-prod',
      announcement: { leadSeconds: 900 },
    },
    2,
  ],
])("TenSafe's %s is the runbook's", async (name, expected, approvals) => {
  const configuration = await loadConfiguration(`${profile}fairway.yaml`);
  const { environment } = configuration.resolveTarget({ service: 'tensafe', environment: name });

  expect(environment.approval.required).toBe(approvals);
  expect(environment).toMatchObject({
    name,
    taskQueue: `fairway-${name}`,
    slackChannel: '#ops-announcements',
    ...expected,
  });
});

test("TenSafe's production asks for the eight items of the runbook's checklist, in its words", async () => {
  const { environment } = (await loadConfiguration(`${profile}fairway.yaml`)).resolveTarget({
    service: 'tensafe',
    environment: 'production',
  });
  expect(environment.checklist.map(({ title, need, proof }) => `${title}: ${need}, ${proof.by}`)).toEqual([
    'Release notes reviewed and approved: required, person',
    'Changelog updated: required, person',
    'All CI/CD checks passing: required, person',
    'Security scan completed (no critical vulnerabilities): required, person',
    'Database migrations tested in staging: required, verifiedIn',
    'Load testing completed (for major releases): requiredForMajor, person',
    'Rollback plan documented: required, person',
    'On-call engineer notified: required, person',
  ]);
});

test("TenSafe's systems can be taken out of their comments: then they tell what they can", async () => {
  const written = await readFile(`${profile}fairway.yaml`, 'utf8');
  const uncommented = written.replace(/^( *)# (onCall:|repository:)/gm, '$1$2');
  const { environment } = createConfiguration(
    '/srv/fairway.yaml',
    parseConfiguration(uncommented, 'fairway.yaml'),
  ).resolveTarget({ service: 'tensafe', environment: 'production' });
  expect(environment.checklist.map(({ proof }) => proof.by)).toEqual([
    'releaseNotes',
    'changelog',
    'checks',
    'checks',
    'verifiedIn',
    'person',
    'person',
    'onCall',
  ]);
});

test("the runbook's actions after a rollback can be taken out of their comments", async () => {
  const written = await readFile(`${profile}fairway.yaml`, 'utf8');
  const uncommented = written.replace(/^( {4})# (incidents:|paging:| {2}\w+: [{\w])/gm, '$1$2');
  const { environment } = createConfiguration(
    '/srv/fairway.yaml',
    parseConfiguration(uncommented, 'fairway.yaml'),
  ).resolveTarget({ service: 'tensafe', environment: 'production' });
  expect(environment.incidents).toMatchObject({
    ticket: { owner: 'example', repository: 'tensafe' },
    ...{ severity: 'SEV2', severities: { rollbackFailed: 'SEV1' }, postMortem: true },
    logsUrl: expect.stringContaining('{{namespace}}') as unknown,
    metricsUrl: expect.stringContaining('{{service}}') as unknown,
  });
  expect(environment.paging?.on).toEqual(['failed', 'rollbackFailed']);
});

test("TenSafe is what the runbook releases, by the runbook's means", async () => {
  const configuration = await loadConfiguration(`${profile}fairway.yaml`);
  const { service } = configuration.resolveTarget({ service: 'tensafe', environment: 'production' });

  expect(service).toMatchObject({
    displayName: 'TenSafe',
    deployment: 'tensafe-server',
    container: 'tensafe',
    image: 'tensafe/server',
    kubernetesService: 'tensafe-server',
    update: 'helm',
    helm: { release: 'tensafe', chart: `${profile}chart`, imageTagValue: 'image.tag' },
    timeouts: { helmSeconds: 600, rolloutSeconds: 300 },
  });
});

test("TenSafe is checked by the runbook's script and by what a machine can do of its checklist", async () => {
  const configuration = await loadConfiguration(`${profile}fairway.yaml`);
  const { service } = configuration.resolveTarget({ service: 'tensafe', environment: 'production' });

  expect(
    service.verification.checks.map((check) =>
      check.kind === 'http'
        ? `${check.name}: ${check.port}${check.path} ${JSON.stringify(check.expectJson)}`
        : check.name,
    ),
  ).toEqual([
    'deployment replicas',
    'pods running',
    'health endpoint: 8000/health {"status":"healthy"}',
    'ready endpoint: 8000/ready {"status":"ready"}',
    'database connectivity: 8000/health/db {"status":"connected"}',
    'error logs',
    'deployed version',
    'training API: 8000/v1/training undefined',
    'metrics endpoint: 9090/metrics undefined',
  ]);
});

test("TenSafe's canary and blue/green deployments go as the runbook's", async () => {
  const configuration = await loadConfiguration(`${profile}fairway.yaml`);
  const { canary, blueGreen, analysis } = configuration.resolveTarget({
    service: 'tensafe',
    environment: 'production',
  }).service;

  expect(canary?.steps.map(({ weight, bakeSeconds }) => [weight, bakeSeconds])).toEqual([
    [10, 900],
    [30, 900],
    [50, 900],
    [100, 300],
  ]);
  expect(blueGreen).toEqual({ smokeTests: [], gate: false, monitorSeconds: 300, keepSeconds: 30 });
  expect(analysis?.metrics.map(({ name }) => name)).toEqual(['error ratio', 'p95 latency', 'memory']);
});

test("TenSafe's example of a smoke test can be taken out of its comment", async () => {
  const written = await readFile(`${profile}fairway.yaml`, 'utf8');
  const uncommented = written.replace(/^( +)# (smokeTests:| {2}- kind: command| {4}\w+:)/gm, '$1$2');
  const { services } = parseConfiguration(uncommented, 'fairway.yaml');
  expect(services['tensafe']?.blueGreen?.smokeTests).toEqual([
    {
      kind: 'command',
      name: 'integration tests',
      command: ['pytest', 'tests/integration/test_smoke.py', '-v'],
      baseUrlVariable: 'TENSAFE_BASE_URL',
      timeout: 600,
    },
  ]);
});

test('a file that is not there is one clear message', async () => {
  await expect(loadConfiguration('/nowhere/fairway.yaml')).rejects.toThrow(
    '/nowhere/fairway.yaml:1:1 the file cannot be read (ENOENT). Give the worker the path of a fairway.yaml.',
  );
});
