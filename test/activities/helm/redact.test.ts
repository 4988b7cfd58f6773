import { expect, test } from '@jest/globals';
import { redactPatterns, redactValues } from '../../../src/activities/helm/redact.ts';

const values = {
  logLevel: 'info',
  database: { password: 'pw1', url: 'postgres://u:p4ss@db/x' },
  banner: 'a "quoted" text',
  tls: { key: '-----BEGIN-----\nMIIEvQIBADAN\n-----END-----' },
  list: ['alpha-bravo'],
  pin: 8_675_309,
  repository: 'tensafe/server',
};
const redact = redactValues(values, ['tensafe/server']);

test.each([
  ['level info is fine', 'level info is fine'],
  ['got pw1 there', 'got [withheld] there'],
  ['at postgres://u:p4ss@db/x', 'at [withheld]'],
  ['value "a \\"quoted\\" text"', 'value "[withheld]"'],
  [`data: ${Buffer.from('alpha-bravo').toString('base64')}`, 'data: [withheld]'],
  ['yaml: MIIEvQIBADAN', 'yaml: [withheld]'],
  ['number 8675309', 'number [withheld]'],
  ['image tensafe/server:4.1.0', 'image tensafe/server:4.1.0'],
  ['https://me:word@charts/x', 'https://[withheld]@charts/x'],
])('%s', (text, expected) => {
  expect(redact(text)).toBe(expected);
});

test('credentials in addresses and bearer tokens are withheld without knowing any value', () => {
  expect(redactPatterns('Get "https://bot:s3cret@charts/index.yaml": Bearer abcdefghijk')).toBe(
    'Get "https://[withheld]@charts/index.yaml": Bearer [withheld]',
  );
});
