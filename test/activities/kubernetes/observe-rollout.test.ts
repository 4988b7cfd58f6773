import { expect, test } from '@jest/globals';
import { observeRollout } from '../../../src/activities/kubernetes/observe-rollout.ts';

test.each([
  ['nobody', {}, false, false],
  ['a person', {}, true, true],
  [
    'a release, while a Service is pinned to its pods',
    { 'fairway.dev/held-by': 'release-1/pinned' },
    true,
    false,
  ],
])('a Deployment that is paused by %s', (_who, annotations, paused, isTold) => {
  const deployment = { metadata: { annotations }, spec: { selector: {}, template: {}, paused } };
  const seen = observeRollout({
    ...{ deployment, replicaSets: [], pods: [], container: 'shop', expectedImage: 'example/shop:4.1.0' },
  });
  expect(seen.deployment?.paused).toBe(isTold);
});
