import { expect, test } from '@jest/globals';
import type { ObservedPod } from '../../src/domain/check-observation.ts';
import { ranImage } from '../../src/domain/ran-image.ts';

const a = `sha256:${'a'.repeat(64)}`;
const b = `sha256:${'b'.repeat(64)}`;
const shop = 'example/shop:4.1.0';

function pod(imageId?: string, change: Partial<ObservedPod> = {}, image = shop): ObservedPod {
  const container = { name: 'shop', image, running: true, restarts: 0 };
  return {
    name: 'shop-1',
    uid: '1',
    phase: 'Running',
    terminating: false,
    ready: true,
    containers: [{ ...container, ...(imageId === undefined ? {} : { imageId }) }],
    ...change,
  };
}

test.each([
  ['all tell one digest', [pod(`docker.io/example/shop@${a}`), pod(`docker.io/example/shop@${a}`)], a],
  ['as Docker writes it', [pod(`docker-pullable://example/shop@${a}`)], a],
  ['two digests under one tag', [pod(`example/shop@${a}`), pod(`example/shop@${b}`)], undefined],
  ['one tells none', [pod(`example/shop@${a}`), pod()], undefined],
  ["the machine's own ID", [pod(a)], undefined],
  [
    'a pod on its way out does not count',
    [pod(`example/shop@${a}`), pod(`example/shop@${b}`, { terminating: true })],
    a,
  ],
])('every pod runs it, and %s', (_what, pods, digest) => {
  expect(ranImage(pods, 'shop', shop)).toEqual({ image: shop, ...(digest === undefined ? {} : { digest }) });
});

test.each([
  ['there is no pod', []],
  ['a pod runs another image', [pod(a), pod(a, {}, 'example/shop:4.0.0')]],
  ['a pod has no such container', [pod(a, { containers: [] })]],
])('nothing is said when %s', (_what, pods) => {
  expect(ranImage(pods, 'shop', shop)).toBeUndefined();
});
