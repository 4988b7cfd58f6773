import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planBlueGreen } from '../../src/domain/blue-green-plan.ts';
import { selectorPinnedTo } from '../../src/domain/service-selector.ts';
import { aTarget } from '../support/a-target.ts';
import { observed, request, surroundings } from './track-plans.ts';

test('the Service is pinned to blue by a key more, and green is as large as blue', () => {
  expect(planBlueGreen(aTarget(), request, observed(3))).toMatchObject({
    decision: 'go',
    plan: {
      from: 'example/shop:4.0.0',
      to: 'example/shop:4.1.0',
      replicas: 3,
      track: {
        track: 'green',
        deployment: 'shop-server-green',
        selector: { app: 'shop', 'fairway.dev/track': 'green' },
      },
      selectors: {
        recorded: { app: 'shop' },
        blue: { app: 'shop', 'pod-template-hash': 'abc' },
      },
      gate: false,
      monitorSeconds: 600,
      keepSeconds: 30,
      smokeTests: [],
    },
  });
});

test('the request goes before the service’s own settings', () => {
  const target = aTarget({
    service: { blueGreen: { smokeTests: [], gate: true, monitorSeconds: 60, keepSeconds: 40 } },
  });
  expect(planBlueGreen(target, request, observed(3))).toMatchObject({
    plan: { gate: true, monitorSeconds: 60, keepSeconds: 40 },
  });
  const other = { ...request, gate: false, monitorSeconds: 0, keepSeconds: 30 };
  expect(planBlueGreen(target, other, observed(3))).toMatchObject({
    plan: { gate: false, monitorSeconds: 0, keepSeconds: 30 },
  });
});

test('green needs room for all its pods at once, and the takeover for one more', () => {
  const withRoom = (pods: number) =>
    planBlueGreen(
      aTarget(),
      request,
      observed(3, surroundings(3, { podRoom: { pods, because: 'ResourceQuota small (requests.cpu)' } })),
    );
  expect(withRoom(4).decision).toBe('go');
  expect(withRoom(3)).toEqual({
    decision: 'refuse',
    rule: 'no-room',
    reason:
      'the release needs room for 4 more pods before it may take any away, and ResourceQuota small (requests.cpu) leaves room for 3',
    remedy: 'raise the quota, or free some of it',
  });
});

test('a pin adds one key, changes none, and tells the two sides apart', () => {
  const selector = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.stringMatching(/^[a-z]{1,5}$/));
  fc.assert(
    fc.property(selector, fc.string(), fc.string(), (recorded, blue, green) => {
      const { 'pod-template-hash': hash, ...rest } = selectorPinnedTo(recorded, blue);
      expect(rest).toEqual(recorded);
      expect(hash).toBe(blue);
      fc.pre(blue !== green);
      expect(selectorPinnedTo(recorded, green)).not.toEqual(selectorPinnedTo(recorded, blue));
    }),
  );
});
