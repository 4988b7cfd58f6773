import { expect, test } from '@jest/globals';
import { createConfiguration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problem.ts';
import { incidentOf } from '../../src/domain/incident-of.ts';
import { finishStatus, newStatus, type Outcome } from '../../src/domain/status.ts';
import { aTarget } from '../support/a-target.ts';

const now = '2026-02-03T10:00:00Z';
const identity = {
  ...{ release: 'shop-4.1.0', service: 'shop', environment: 'production', version: '4.1.0' },
  strategy: 'canary',
};

function fileOf(incidents: string, top = ''): string {
  return `${top}environments:\n  production: { cluster: c, namespace: shop, incidents: ${incidents} }\nservices:\n  shop: { image: org/shop }\n`;
}

function configurationOf(incidents: string, top = '') {
  return createConfiguration('/srv/fairway.yaml', parseConfiguration(fileOf(incidents, top), 'fairway.yaml'));
}

function targetOf(incidents: string, top = '') {
  return configurationOf(incidents, top).resolveTarget({ service: 'shop', environment: 'production' });
}

function mistakes(incidents: string, top = ''): string[] {
  try {
    parseConfiguration(fileOf(incidents, top), 'fairway.yaml');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('a ticket has the label incident and the severity SEV2 unless the file says otherwise', () => {
  expect(targetOf('{ ticket: { kind: github, owner: org, repository: ops } }').environment.incidents).toEqual(
    {
      severity: 'SEV2',
      postMortem: false,
      ticket: { owner: 'org', repository: 'ops', labels: ['incident'], assignees: [] },
    },
  );
});

test('everything that can be said reaches the target', () => {
  const { environment, temporalUi } = targetOf(
    '{ severity: P1, postMortem: true, webhook: { url: "https://hooks.example.com/x" }, ticket: { kind: github, owner: org, repository: ops.log, labels: [], assignees: [ana, "ops[bot]"] }, logsUrl: "https://logs/?q={{namespace}}&t={{from}}", metricsUrl: "https://g/@team/{{service}}" }',
    'temporal: { ui: "https://temporal.example.com/" }\n',
  );
  expect(environment.incidents).toEqual({
    severity: 'P1',
    postMortem: true,
    webhook: { host: 'hooks.example.com' },
    ticket: { owner: 'org', repository: 'ops.log', labels: [], assignees: ['ana', 'ops[bot]'] },
    logsUrl: 'https://logs/?q={{namespace}}&t={{from}}',
    metricsUrl: 'https://g/@team/{{service}}',
  });
  expect(temporalUi).toBe('https://temporal.example.com/');
});

test('ends of releases may have severities of their own', () => {
  const { environment } = targetOf(
    '{ severity: SEV2, severities: { rollbackFailed: SEV1, rolledBack: SEV3 }, webhook: { url: "https://h/x" } }',
  );
  const severityOf = (outcome: Outcome) => {
    const status = finishStatus(newStatus(identity, []), outcome, 'a reason');
    const facts = { key: 'shop-4.1.0/run', startedAt: now, endedAt: now };
    return incidentOf(status, aTarget({ environment }), facts).severity;
  };
  expect(severityOf('rollbackFailed')).toBe('SEV1');
  expect(severityOf('rolledBack')).toBe('SEV3');
  expect(severityOf('failed')).toBe('SEV2');
});

test("a web hook's address, whose path may be a secret, is not part of a target; the worker knows it", () => {
  const incidents = '{ webhook: { url: "https://hooks.example.com:8443/services/T0/secret?x=1" } }';
  const { environment } = targetOf(incidents);
  expect(environment.incidents?.webhook).toEqual({ host: 'hooks.example.com:8443' });
  const { webhookOf } = configurationOf(incidents);
  expect(webhookOf('production')).toBe('https://hooks.example.com:8443/services/T0/secret?x=1');
  expect(webhookOf('elsewhere')).toBeUndefined();
});

test('without temporal.ui a target knows no address of the UI', () => {
  expect(targetOf('{ webhook: { url: "https://hooks.example.com/x" } }')).not.toHaveProperty('temporalUi');
});

const ticket = 'ticket: { kind: github, owner: org, repository: ops }';

test.each([
  [
    'a draft without a place for it',
    '{ postMortem: true }',
    'incidents.postMortem: there is nowhere to put the draft. Give incidents a ticket or a webhook, or remove postMortem.',
  ],
  [
    'no place at all',
    '{ severity: SEV1 }',
    'incidents: there is nowhere to write anything down. Give incidents a ticket or a webhook, or remove it.',
  ],
  [
    'a severity of an end that is written down nowhere',
    '{ severities: { aborted: SEV4 }, webhook: { url: "https://h/x" } }',
    'incidents.severities.aborted: unknown key. Known here: rolledBack, rollbackFailed, failed.',
  ],
  [
    'an owner in the name of the repository',
    '{ ticket: { kind: github, owner: org, repository: org/ops } }',
    'incidents.ticket.repository: expected the name of a repository without its owner, for example incidents, got "org/ops"',
  ],
  [
    'a user name with @',
    '{ ticket: { kind: github, owner: org, repository: ops, assignees: ["@ana"] } }',
    'incidents.ticket.assignees[0]: expected a user name without @, for example octocat, got "@ana"',
  ],
  [
    'another kind of ticket',
    '{ ticket: { kind: gitub, owner: org, repository: ops } }',
    'incidents.ticket.kind: expected github, got "gitub". Did you mean "github"?',
  ],
  [
    'a placeholder that is none',
    `{ ${ticket}, logsUrl: "https://logs/{{namespce}}" }`,
    'incidents.logsUrl: {{namespce}} is no placeholder. Did you mean "namespace"? Known here: {{service}}, {{environment}}, {{namespace}}, {{deployment}}, {{from}}, {{to}}.',
  ],
  [
    'a password in an address',
    `{ ${ticket}, metricsUrl: "https://me:secret@grafana/" }`,
    'incidents.metricsUrl: expected the address of a page, starting with https:// and without a user or password, got "https://[redacted]@grafana/"',
  ],
  [
    'a web hook that is no address',
    '{ webhook: { url: hooks.example.com } }',
    'incidents.webhook.url: expected the address of a web hook, for example https://hooks.example.com/fairway, without a user or password, got "hooks.example.com"',
  ],
])('%s is one clear message', (_what, incidents, message) => {
  const found = mistakes(incidents);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^fairway\.yaml:2:\d+ environments\.production\./);
  expect(found[0]).toContain(message);
});

test('a base URL of the UI that is none is one clear message', () => {
  expect(
    mistakes(
      '{ webhook: { url: "https://hooks.example.com/x" } }',
      'temporal: { ui: temporal.example.com }\n',
    ),
  ).toEqual([
    'fairway.yaml:1:17 temporal.ui: expected the base URL of an HTTP API, for example https://temporal.example.com, got "temporal.example.com"',
  ]);
});
