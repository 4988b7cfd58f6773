import { expect, test } from '@jest/globals';
import { freedByHand, heldNote } from '../../src/domain/autoscaler-pause.ts';
import type { AutoscalerRef } from '../../src/domain/observation.ts';

const hpa: AutoscalerRef = {
  kind: 'HorizontalPodAutoscaler',
  name: 'shop',
  settings: { minReplicas: 2, maxReplicas: 10 },
};
const paused = 'autoscaling.keda.sh/paused';

test.each<[string, AutoscalerRef, string]>([
  [
    'an HPA has its limits back',
    hpa,
    `kubectl patch hpa shop -n a --type=merge -p '{"metadata":{"annotations":{"fairway.dev/paused":null}},"spec":{"minReplicas":2,"maxReplicas":10}}'`,
  ],
  [
    'a ScaledObject has its annotations back',
    { kind: 'ScaledObject', name: 'shop', settings: { [paused]: null } },
    `kubectl patch scaledobject shop -n a --type=merge -p '{"metadata":{"annotations":{"${paused}":null,"fairway.dev/paused":null}}}'`,
  ],
  [
    'one whose settings nobody read tells them itself',
    { kind: 'HorizontalPodAutoscaler', name: 'shop' },
    `kubectl get hpa shop -n a -o jsonpath='{.metadata.annotations.fairway\\.dev/paused}' shows as "recorded" what to put back; then kubectl annotate hpa shop -n a fairway.dev/paused-`,
  ],
])('let go by hand, %s', (_title, autoscaler, words) => {
  expect(freedByHand(autoscaler, 'a')).toBe(words);
});

test('only one that is still held is told of', () => {
  expect(heldNote(hpa, 'a')).toBeUndefined();
  expect(heldNote({ ...hpa, heldBy: 'target:shop:a/1/autoscaler' }, 'a')).toMatch(
    /^HorizontalPodAutoscaler shop does not scale: .*\(target:shop:a\/1\/autoscaler\).*by hand: kubectl patch hpa shop -n a/,
  );
});
