import { expect, test } from '@jest/globals';
import { helmEnvironment } from '../../../src/activities/helm/helm-environment.ts';

test('helm gets what reaching clusters and charts takes, and no other secret or redirection', () => {
  const needed = { PATH: '/bin', HOME: '/home/f', KUBECONFIG: '/k', HTTPS_PROXY: 'p', AWS_PROFILE: 'prod' };
  const kept = helmEnvironment({
    ...needed,
    SLACK_TOKEN: 'x',
    TEMPORAL_API_KEY: 'x',
    HELM_NAMESPACE: 'elsewhere',
    HELM_KUBECONTEXT: 'elsewhere',
    HELM_DRIVER: 'memory',
    HELM_DEBUG: 'true',
    NODE_OPTIONS: '--inspect',
  });
  expect(kept).toEqual(needed);
});
