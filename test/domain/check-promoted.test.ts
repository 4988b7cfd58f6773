import { expect, test } from '@jest/globals';
import type { ObservedPod } from '../../src/domain/check-observation.ts';
import { judgePromoted } from '../../src/domain/check-promoted.ts';

const verified = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const promoted = { from: 'staging', release: 'shop-staging-4.1.0', digest: verified };

function pod(name: string, digest?: string, change: Partial<ObservedPod> = {}): ObservedPod {
  const container = { name: 'shop', image: 'example/shop:4.1.0', running: true, restarts: 0 };
  const imageId = digest === undefined ? {} : { imageId: `example/shop@${digest}` };
  return {
    ...{ name, uid: name, phase: 'Running', terminating: false, ready: true },
    containers: [{ ...container, ...imageId }],
    ...change,
  };
}

function judge(...pods: readonly ObservedPod[]) {
  return judgePromoted(promoted, {
    pods,
    container: 'shop',
    image: 'example/shop:4.1.0',
    environment: 'production',
  });
}

test('pods that run the digest that was verified pass, and it is said who verified it', () => {
  expect(judge(pod('a', verified), pod('b', verified))).toMatchObject({
    name: 'same image as in staging',
    severity: 'required',
    verdict: 'pass',
    summary: '2/2 pods run sha256:aaaaaaaaaaaa…, as verified by shop-staging-4.1.0',
  });
});

test('one pod with another image behind the same tag fails it, by both digests', () => {
  expect(judge(pod('a', verified), pod('b', other))).toMatchObject({
    verdict: 'fail',
    reason: 'mismatch',
    summary:
      '4.1.0 in production is another image (sha256:bbbbbbbbbbbb…) than the one verified in staging ' +
      '(sha256:aaaaaaaaaaaa…, shop-staging-4.1.0): its tag was moved, or the registries differ',
    evidence: [
      { subject: 'a', detail: verified },
      { subject: 'b', detail: other },
    ],
  });
});

test.each([
  ['a pod that tells no digest', [pod('a', verified), pod('b')]],
  ["a pod with the machine's own ID", [pod('a', undefined, pod('a')), { ...pod('b'), containers: [] }]],
  ['no pods', []],
  ['only pods on their way out', [pod('a', verified, { terminating: true })]],
])('%s proves nothing', (_what, pods) => {
  expect(judge(...pods).verdict).toBe('inconclusive');
});
