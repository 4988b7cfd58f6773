import { expect, test } from '@jest/globals';
import { createConfiguration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problem.ts';

function read(production: string, staging = '') {
  const text = `groups: { release-managers: [Cho@Example.com] }
environments:
  staging: { cluster: a, namespace: web${staging} }
  production: { cluster: b, namespace: web${production} }
services: { web: { image: org/web } }
`;
  return createConfiguration('/srv/fairway.yaml', parseConfiguration(text, 'fairway.yaml'));
}

function promotion(entry: string) {
  const target = { service: 'web', environment: 'production' };
  return read(`, promotion: ${entry}`).resolveTarget(target).environment.promotion;
}

test.each([
  ['{ from: staging }', { from: 'staging', soakSeconds: 0, sameDigest: true, override: { people: [] } }],
  [
    '{ from: staging, sameDigest: false }',
    { from: 'staging', soakSeconds: 0, sameDigest: false, override: { people: [] } },
  ],
  [
    '{ from: staging, soak: 24h, override: { people: [ben@example.com], groups: [release-managers] } }',
    {
      from: 'staging',
      soakSeconds: 86_400,
      sameDigest: true,
      override: { people: ['ben@example.com', 'cho@example.com'] },
    },
  ],
])('promotion: %s', (entry, expected) => {
  expect(promotion(entry)).toEqual(expected);
});

test('without it, no environment comes before', () => {
  expect(read('').environments[1]?.promotion).toBeUndefined();
});

test.each([
  [', promotion: { from: stagin }', '', 'there is no such environment. Did you mean "staging"?'],
  [', promotion: { from: production }', '', 'a release cannot wait for its own verification'],
  [
    ', promotion: { from: staging }',
    ', promotion: { from: production }',
    'each of these waits for the next: production, staging, production',
  ],
  [', promotion: { from: staging, override: { groups: [managers] } }', '', 'there is no group "managers"'],
  [', promotion: { soak: 1h }', '', 'is missing: expected the name of another environment'],
])('%s%s is refused', (production, staging, message) => {
  expect(() => read(production, staging)).toThrow(ConfigurationError);
  expect(() => read(production, staging)).toThrow(message);
});
