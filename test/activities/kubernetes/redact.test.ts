import { expect, test } from '@jest/globals';
import { redactSecrets } from '../../../src/activities/kubernetes/redact.ts';

const hidden = '(redacted by fairway)';

test.each([
  ['API_TOKEN', true],
  ['dbPassword', true],
  ['STRIPE_SECRET', true],
  ['SSH_PRIVATE_KEY', true],
  ['AWS_CREDENTIALS', true],
  ['Authorization', true],
  ['LOG_LEVEL', false],
  ['REPLICAS', false],
])('the value of %s is taken out: %s', (name, isSecret) => {
  expect(redactSecrets([{ name, value: 'v' }])).toEqual([{ name, value: isSecret ? hidden : 'v' }]);
});

test('a reference to a Secret is kept: it holds no value', () => {
  const reference = { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'token' } } };
  expect(redactSecrets(reference)).toEqual(reference);
});

test('passwords in URLs are taken out wherever they stand', () => {
  expect(redactSecrets({ any: ['redis://:pw@cache:6379/0', 'https://example.com/path'] })).toEqual({
    any: [`redis://${hidden}@cache:6379/0`, 'https://example.com/path'],
  });
});

test.each([
  ['{"url":"db","password":"hunter2"}', `{"url":"db","password":${hidden}}`],
  ['ghp_0123456789abcdefghij', hidden],
  ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----', hidden],
])('%j is taken out of a variable whose name tells nothing', (value, expected) => {
  expect(redactSecrets({ name: 'SETTING', value })).toEqual({ name: 'SETTING', value: expected });
});

test.each([
  [
    ['serve', '--db-password=hunter2', '--port=80'],
    ['serve', `--db-password=${hidden}`, '--port=80'],
  ],
  [
    ['--token', 'abc', '--verbose'],
    ['--token', hidden, '--verbose'],
  ],
  [
    ['sh', '-c', 'API_KEY="a b" ./run --level=info'],
    ['sh', '-c', `API_KEY=${hidden} ./run --level=info`],
  ],
])('secrets on the command line %j are taken out', (command, expected) => {
  expect(redactSecrets({ args: command })).toEqual({ args: expected });
});
