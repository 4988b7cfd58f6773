import { expect, test } from '@jest/globals';
import { createConfiguration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { missingSecrets } from '../../src/config/missing-secrets.ts';
import { readSecrets } from '../../src/config/secrets.ts';

const demanding = `
onCall: { kind: pagerduty, schedule: PABC123 }
environments:
  dev: { cluster: a, namespace: dev }
  staging: { cluster: a, namespace: staging, slackChannel: '#releases' }
  production:
    cluster: a
    namespace: production
    slackChannel: '#releases'
    paging: { kind: pagerduty }
    checklist: [ciChecks, onCall, rollbackPlan]
    incidents:
      ticket: { kind: github, owner: example, repository: shop }
      webhook: { url: https://hooks.example.com/fairway }
services:
  shop: { image: example/shop, repository: { owner: example, name: shop } }
`;

const linesFor = (text: string, variables: Record<string, string>) =>
  missingSecrets(
    createConfiguration('fairway.yaml', parseConfiguration(text, 'fairway.yaml')),
    readSecrets(variables),
  );

const all = {
  SLACK_BOT_TOKEN: 'a',
  FAIRWAY_GITHUB_TOKEN: 'b',
  FAIRWAY_PAGERDUTY_TOKEN: 'c',
  FAIRWAY_PAGERDUTY_ROUTING_KEY: 'd',
  FAIRWAY_WEBHOOK_SECRET: 'e',
};

test('with all secrets there is nothing to say', () => {
  expect(linesFor(demanding, all)).toEqual([]);
});

test.each([
  [
    'SLACK_BOT_TOKEN',
    [/^SLACK_BOT_TOKEN is not set, and slackChannel of staging, production needs it: mess/],
  ],
  [
    'FAIRWAY_GITHUB_TOKEN',
    [/incidents\.ticket of production needs it: no ticket/, /checklist of production needs it: .*public/],
  ],
  ['FAIRWAY_PAGERDUTY_TOKEN', [/checklist of production needs it: nobody is asked who is on call/]],
  ['FAIRWAY_PAGERDUTY_ROUTING_KEY', [/paging of production needs it: nobody is woken/]],
  ['FAIRWAY_WEBHOOK_SECRET', [/incidents\.webhook of production needs it: the web hook is not called/]],
] as const)('without %s it is said where it is needed, and what does not happen', (name, words) => {
  const lines = linesFor(demanding, { ...all, [name]: ' ' });
  expect(lines).toEqual(words.map((each): unknown => expect.stringMatching(each)));
  for (const line of lines) expect(line).toContain(`${name} is not set`);
});

test('nothing is said of what fairway.yaml does not ask for', () => {
  const modest = `
environments:
  dev: { cluster: a, namespace: dev, checklist: [rollbackPlan, ciChecks] }
services:
  shop: { image: example/shop }
`;
  expect(linesFor(modest, {})).toEqual([]);
});
