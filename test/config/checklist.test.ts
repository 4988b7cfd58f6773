import { expect, test } from '@jest/globals';
import { createConfiguration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problem.ts';

interface Written {
  readonly checklist: string;
  readonly service?: string;
  /** Lines of the file's top level. */
  readonly top?: string;
  /** The environment whose checklist it is. */
  readonly environment?: string;
  readonly staging?: boolean;
}

function checklistOf(written: Written) {
  const { environment = 'production' } = written;
  return createConfiguration(
    '/srv/fairway.yaml',
    parseConfiguration(fileOf(written), 'fairway.yaml'),
  ).resolveTarget({
    service: 'shop',
    environment,
  }).environment.checklist;
}

function fileOf({
  checklist,
  service = '',
  top = '',
  environment = 'production',
  staging = true,
}: Written): string {
  const names = [...new Set([environment, ...(staging ? ['staging'] : [])])];
  const environments = names.map(
    (name) =>
      `  ${name}: { cluster: ${name}, namespace: shop${name === environment ? `, checklist: ${checklist}` : ''} }\n`,
  );
  return `${top}environments:\n${environments.join('')}services:\n  shop: { image: org/shop${service} }\n`;
}

function mistakes(written: Written): string[] {
  try {
    parseConfiguration(fileOf(written), 'fairway.yaml');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const all =
  '[releaseNotes, changelog, ciChecks, securityScan, migrationsTested, loadTest, rollbackPlan, onCall]';
const repository = ', repository: { owner: org, name: shop }';

test('with a repository, an on-call schedule and a staging environment, six of the eight built-in items are proved by systems', () => {
  const items = checklistOf({
    checklist: all,
    service: repository,
    top: 'onCall: { kind: pagerduty, schedule: PABC123 }\n',
  });
  expect(items.map(({ name, need, proof }) => [name, need, proof])).toEqual([
    ['releaseNotes', 'required', { by: 'releaseNotes' }],
    ['changelog', 'required', { by: 'changelog', path: 'CHANGELOG.md' }],
    ['ciChecks', 'required', { by: 'checks' }],
    ['securityScan', 'required', { by: 'checks', matching: expect.stringContaining('codeql') }],
    ['migrationsTested', 'required', { by: 'verifiedIn', environment: 'staging' }],
    ['loadTest', 'requiredForMajor', { by: 'person' }],
    ['rollbackPlan', 'required', { by: 'person' }],
    ['onCall', 'required', { by: 'onCall', schedule: 'PABC123' }],
  ]);
  expect(items[3]?.title).toBe('Security scan completed (no critical vulnerabilities)');
});

test('where no system can tell, every built-in item is a person’s word', () => {
  const items = checklistOf({ checklist: all, staging: false });
  expect(new Set(items.map(({ proof }) => proof.by))).toEqual(new Set(['person']));
});

test('staging does not wait for its own verification', () => {
  const [item] = checklistOf({ checklist: '[migrationsTested]', environment: 'staging' });
  expect(item?.proof).toEqual({ by: 'person' });
});

test.each([
  [
    '{ name: loadTest, need: optional }',
    {
      name: 'loadTest',
      title: 'Load testing completed (for major releases)',
      need: 'optional',
      proof: { by: 'person' },
    },
  ],
  [
    '{ name: securityScan, proof: { by: checks, names: [CodeQL] } }',
    {
      name: 'securityScan',
      title: 'Security scan completed (no critical vulnerabilities)',
      need: 'required',
      proof: { by: 'checks', names: ['CodeQL'], attestable: false },
    },
  ],
  [
    '{ name: legal, title: Legal has agreed }',
    { name: 'legal', title: 'Legal has agreed', need: 'required', proof: { by: 'person' } },
  ],
  [
    '{ name: docs, proof: { by: changelog, path: docs/NEWS.md, attestable: true } }',
    {
      name: 'docs',
      title: 'docs',
      need: 'required',
      proof: { by: 'changelog', path: 'docs/NEWS.md', attestable: true },
    },
  ],
])('the item %s takes over what it leaves out', (written, expected) => {
  expect(checklistOf({ checklist: `[${written}]`, service: repository })).toEqual([expected]);
});

test('a repository’s tags are v and the version unless it says otherwise', () => {
  const tagOf = (service: string) =>
    createConfiguration(
      '/srv/fairway.yaml',
      parseConfiguration(fileOf({ checklist: '[]', service }), 'f'),
    ).resolveTarget({
      service: 'shop',
      environment: 'production',
    }).service.repository?.tag;
  expect(tagOf(repository)).toBe('v{{version}}');
  expect(tagOf(', repository: { owner: org, name: shop, tag: "shop/{{version}}" }')).toBe('shop/{{version}}');
});

test('a release waits a day for its checklist unless the environment says otherwise', () => {
  const waits = (line: string) =>
    createConfiguration(
      '/srv/fairway.yaml',
      parseConfiguration(
        `environments: { dev: { cluster: c, namespace: n${line} } }\nservices: { shop: { image: org/shop } }\n`,
        'f',
      ),
    ).resolveTarget({ service: 'shop', environment: 'dev' }).environment.checklistExpirySeconds;
  expect(waits('')).toBe(86_400);
  expect(waits(', checklistExpiry: 2h')).toBe(7_200);
});

test.each<[string, Written, string]>([
  [
    'a misspelt built-in item',
    { checklist: '[onCal]' },
    'fairway.yaml:2:67 environments.production.checklist[0]: expected releaseNotes, changelog, ciChecks, securityScan, migrationsTested, loadTest, rollbackPlan or onCall, or a mapping with a name, got "onCal". Did you mean "onCall"?',
  ],
  [
    'an unknown key of an item',
    { checklist: '[{ name: docs, titel: Docs }]' },
    'fairway.yaml:2:81 environments.production.checklist[0].titel: unknown key. Did you mean "title"? Known here: name, title, need, proof.',
  ],
  [
    'an unknown kind of proof',
    { checklist: '[{ name: docs, proof: { by: check } }]' },
    'fairway.yaml:2:94 environments.production.checklist[0].proof.by: expected person, releaseNotes, changelog, checks, verifiedIn or onCall, got "check". Did you mean "checks"?',
  ],
  [
    'an unknown key of a proof',
    { checklist: '[{ name: docs, proof: { by: checks, name: CodeQL } }]' },
    'fairway.yaml:2:102 environments.production.checklist[0].proof.name: unknown key. Did you mean "names"? Known here: by, names, matching, attestable.',
  ],
  [
    'two items of one name',
    { checklist: '[loadTest, { name: loadTest }]' },
    'fairway.yaml:2:77 environments.production.checklist[1]: checklist[0] has the name "loadTest" too. Give each item its own name.',
  ],
  [
    'a proof by an environment that is not there',
    { checklist: '[{ name: tested, proof: { by: verifiedIn, environment: stagin } }]' },
    'fairway.yaml:2:121 environments.production.checklist[0].proof.environment: there is no such environment. Did you mean "staging"? Environments: production, staging.',
  ],
  [
    'a proof by the environment itself',
    { checklist: '[{ name: tested, proof: { by: verifiedIn, environment: production } }]' },
    'fairway.yaml:2:121 environments.production.checklist[0].proof.environment: a release to production cannot wait for its own verification. Name another environment.',
  ],
  [
    'a proof by an on-call system that is not there',
    { checklist: '[{ name: watch, proof: { by: onCall, schedule: PABC123 } }]' },
    'fairway.yaml:2:89 environments.production.checklist[0].proof: there is nobody to ask who is on call. Give the file an onCall part, or remove the proof.',
  ],
  [
    'a proof by no schedule',
    { checklist: '[{ name: watch, proof: { by: onCall } }]', top: 'onCall: { kind: pagerduty }\n' },
    'fairway.yaml:3:89 environments.production.checklist[0].proof: names no schedule. Give this proof, or the onCall part of the file, a schedule.',
  ],
  [
    'a tag without a version',
    { checklist: '[]', service: ', repository: { owner: org, name: shop, tag: latest }' },
    'fairway.yaml:5:71 services.shop.repository.tag: expected a tag with {{version}} where that stands, got "latest"',
  ],
  [
    'a password in the address of the code host',
    { checklist: '[]', top: 'codeHost: { kind: github, url: "https://a:b@github.example.com/api/v3" }\n' },
    'fairway.yaml:1:32 codeHost.url: expected the base URL of an HTTP API, for example https://github.example.com/api/v3, got "https://[redacted]@github.example.com/api/v3"',
  ],
])('%s is one clear message', (_what, written, message) => {
  expect(mistakes(written)).toEqual([message]);
});
