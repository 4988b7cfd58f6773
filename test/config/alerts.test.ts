import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { createConfiguration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';

const environments = `environments:
  dev: { cluster: dev-cluster, namespace: web }
  production: { cluster: prod-cluster, namespace: web, alertmanager: 'http://alertmanager.example:9093' }
`;

function service(entry: string, environment = 'production') {
  const text = `${environments}services: { web: { image: org/web, ${entry} } }\n`;
  return createConfiguration('/srv/fairway.yaml', parseConfiguration(text, 'fairway.yaml')).resolveTarget({
    service: 'web',
    environment,
  }).service;
}

function kinds(entry: string, environment?: string) {
  return service(entry, environment).verification.checks.map(({ kind }) => kind);
}

test('a service that names its alerts is asked about them where the environment names its Alertmanager', () => {
  expect(service('alerts: {}').alerts).toEqual({
    alertmanager: 'http://alertmanager.example:9093',
    matchers: ['namespace="{{namespace}}"', 'service="{{service}}"'],
  });
  expect(kinds('alerts: {}')).toEqual(['replicas', 'pods', 'logs', 'image', 'alerts']);
  expect(kinds('alerts: {}, verification: { port: 80 }').at(-1)).toBe('alerts');
  expect(kinds('alerts: {}, verification: { checks: [pods] }')).toEqual(['pods']);
});

test('elsewhere nobody is asked, whether the check is written down or not', () => {
  expect(service('alerts: {}', 'dev').alerts).toBeUndefined();
  expect(kinds('alerts: {}', 'dev')).toEqual(['replicas', 'pods', 'logs', 'image']);
  expect(kinds('alerts: {}, verification: { checks: [pods, alerts] }', 'dev')).toEqual(['pods']);
  expect(kinds('displayName: Web')).toEqual(['replicas', 'pods', 'logs', 'image']);
});

test('a check may be named, and be advisory', () => {
  const checks = 'alerts: {}, verification: { checks: [{ kind: alerts, name: quiet, severity: advisory }] }';
  expect(service(checks).verification.checks).toEqual([
    { kind: 'alerts', name: 'quiet', severity: 'advisory' },
  ]);
});

test.each([
  ['verification: { checks: [alerts] }', /checks\[0\]: looks at alerts, and nothing says .*alerts: \{\}/],
  ['verification: { checks: [pods, { kind: alerts }] }', /checks\[1\]: looks at alerts/],
  ['alerts: { matchers: [] }', /at least one matcher/],
  ['alerts: { matchers: [shop] }', /no matcher: shop\. One reads like service="shop"/],
  [
    `alerts: { matchers: ['service="{{servce}}"'] }`,
    /there is no \{\{servce\}\}: there are namespace, service/,
  ],
  [`alerts: { matchers: ['service="web'] }`, /the quotes of the matcher service="web do not go together/],
  ['alerts: web', /alerts: expected a mapping \(alerts: \{\} takes/],
])('%s is reported with its remedy', (entry, message) => {
  expect(() => service(entry)).toThrow(message);
});

test('in the profile, the Alertmanager can be taken out of its comment: then the check is made', async () => {
  const file = fileURLToPath(new URL('../../profiles/tensafe/fairway.yaml', import.meta.url));
  const checks = (text: string) =>
    createConfiguration('/srv/fairway.yaml', parseConfiguration(text, 'fairway.yaml'))
      .resolveTarget({ service: 'tensafe', environment: 'production' })
      .service.verification.checks.map(({ name }) => name);
  const written = await readFile(file, 'utf8');
  const before = checks(written);
  expect(before).not.toContain('alerts');
  const uncommented = written.replace(/^( *)# (alertmanager:)/m, '$1$2');
  expect(checks(uncommented)).toEqual([...before, 'alerts']);
});
