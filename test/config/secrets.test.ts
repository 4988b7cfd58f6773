import { expect, test } from '@jest/globals';
import { readSecrets } from '../../src/config/secrets.ts';

test.each([
  [{}, {}],
  [{ SLACK_BOT_TOKEN: '' }, {}],
  [{ SLACK_BOT_TOKEN: '  ' }, {}],
  [{ SLACK_API_URL: 'http://127.0.0.1:1/api/' }, {}],
  [{ SLACK_BOT_TOKEN: 'xoxb-1\n' }, { slack: { token: 'xoxb-1' } }],
  [
    { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_API_URL: 'http://127.0.0.1:1/api/' },
    { slack: { token: 'xoxb-1', apiUrl: 'http://127.0.0.1:1/api/' } },
  ],
  [{ FAIRWAY_GITHUB_TOKEN: 'ghp_1\n', FAIRWAY_PAGERDUTY_TOKEN: ' ' }, { github: 'ghp_1' }],
  [{ FAIRWAY_HELM_REPOSITORY_PASSWORD: 'p' }, { helmRepository: 'p' }],
  [{ FAIRWAY_GITHUB_TOKEN: '', FAIRWAY_PAGERDUTY_TOKEN: 'u+1' }, { pagerduty: 'u+1' }],
])('from the environment %j the secrets are %j', (environment, secrets) => {
  expect(readSecrets(environment)).toEqual(secrets);
});
