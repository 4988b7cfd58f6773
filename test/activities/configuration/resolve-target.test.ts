import { expect, test } from '@jest/globals';
import { createConfigurationActivities } from '../../../src/activities/configuration/index.ts';
import { createConfiguration } from '../../../src/config/configuration.ts';
import { parseConfiguration } from '../../../src/config/load.ts';

const text = `environments:
  staging: { cluster: staging-cluster, namespace: web }
  production: { cluster: prod-cluster, namespace: web }
services:
  web: { image: org/web }
`;
const configuration = createConfiguration('/fairway.yaml', parseConfiguration(text, 'fairway.yaml'));
const { resolveTarget } = createConfigurationActivities({ configuration });

test('a target that the file names is resolved', async () => {
  expect(await resolveTarget({ service: 'web', environment: 'production' })).toMatchObject({
    service: { name: 'web', image: 'org/web' },
    environment: { name: 'production', cluster: 'prod-cluster' },
  });
});

test.each([
  [
    { service: 'web', environment: 'prod' },
    'fairway.yaml has no environment "prod". Did you mean "production"? It has: staging, production.',
  ],
  [
    { service: 'wbe', environment: 'staging' },
    'fairway.yaml has no service "wbe". Did you mean "web"? It has: web.',
  ],
  [{ service: 'mail', environment: 'staging' }, 'fairway.yaml has no service "mail". It has: web.'],
  [
    { service: 'constructor', environment: '__proto__' },
    'fairway.yaml has no service "constructor". It has: web. fairway.yaml has no environment "__proto__". It has: staging, production.',
  ],
])('%j is refused for good, with the names that exist', async (ref, message) => {
  await expect(resolveTarget(ref)).rejects.toMatchObject({
    type: 'UnknownTarget',
    nonRetryable: true,
    message,
  });
});
