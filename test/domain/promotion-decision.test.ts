import { expect, test } from '@jest/globals';
import {
  decidePromotion,
  newestVerified,
  type PromotionQuestion,
} from '../../src/domain/promotion-decision.ts';
import type { TargetChange, VerifiedRelease } from '../../src/domain/promotion.ts';

const digest = (of: string) => `sha256:${of.repeat(64)}`;

/** Times are hours of one day. */
const at = (hour: number) => new Date(Date.UTC(2026, 1, 3, hour)).toISOString();

function verified(hour: number, change: Partial<VerifiedRelease> = {}): VerifiedRelease {
  return {
    release: `shop-4.1.0-${hour}`,
    version: '4.1.0',
    image: 'example/shop:4.1.0',
    verifiedAt: at(hour),
    ...change,
  };
}

function released(hour: number, version: string): TargetChange {
  return { release: `shop-${version}`, what: 'released', version, at: at(hour) };
}

function rolledBack(hour: number, from: string, version = '4.0.0'): TargetChange {
  return { release: `back-${hour}`, what: 'rolledBack', from: `example/shop:${from}`, version, at: at(hour) };
}

function ask(
  seen: readonly VerifiedRelease[],
  changes: readonly TargetChange[] = [],
  change: Partial<PromotionQuestion> = {},
) {
  return decidePromotion({
    from: 'staging',
    soakSeconds: 2 * 3_600,
    version: '4.1.0',
    image: 'example/shop:4.1.0',
    record: { verified: seen, changes },
    now: at(12),
    ...change,
  });
}

test.each([
  ['it soaked long enough', [verified(9)], []],
  ['it soaked exactly long enough', [verified(10)], []],
  ['its own release is no change', [verified(9)], [released(9, '4.1.0')]],
  ['a later release of another version came after the soak', [verified(8)], [released(11, '4.2.0')]],
  ['a later rollback left another version', [verified(9)], [rolledBack(11, '4.2.0', '4.1.0')]],
  ['it was verified once more, a minute ago', [verified(11.9), verified(9)], []],
  [
    'it was rolled back from, and verified again since',
    [verified(9.5), verified(7)],
    [rolledBack(8, '4.1.0')],
  ],
  [
    'the reference is the same, written otherwise',
    [verified(9, { image: 'docker.io/example/shop:4.1.0' })],
    [],
  ],
])('goes on: %s', (_why, seen, changes) => {
  expect(ask(seen, changes)).toMatchObject({ decision: 'ok' });
});

test.each([
  ['verified an hour ago', [verified(11)], [], at(13)],
  ['verified again, an hour after the first time', [verified(11.5), verified(11)], [], at(13)],
  [
    'rolled back from, and verified again an hour ago',
    [verified(11), verified(7)],
    [rolledBack(8, '4.1.0')],
    at(13),
  ],
  [
    'replaced for a while, and brought back an hour ago',
    [verified(11), verified(9)],
    [released(10, '4.2.0')],
    at(13),
  ],
])('soaks: %s', (_why, seen, changes, until) => {
  expect(ask(seen, changes)).toMatchObject({ decision: 'soaking', until });
});

test.each([
  ['nothing was verified', [], [], 'not-verified', 'staging has not verified v4.1.0'],
  [
    'only another version was',
    [verified(9, { version: '4.0.9', image: 'example/shop:4.0.9' })],
    [],
    'not-verified',
    'staging has not verified v4.1.0',
  ],
  [
    'another repository',
    [verified(9, { image: 'mirror.example.com/shop:4.1.0', digest: digest('a') })],
    [],
    'other-image',
    `under v4.1.0 staging verified mirror.example.com/shop:4.1.0 (${digest('a')}), which is not example/shop:4.1.0`,
  ],
  [
    'rolled back from since',
    [verified(9)],
    [rolledBack(11, '4.1.0')],
    'rolled-back-there',
    'staging was rolled back from v4.1.0 on 2026-02-03 11:00 UTC (back-11), after it was verified there',
  ],
  [
    'replaced before the soak was over',
    [verified(9)],
    [released(10, '4.2.0')],
    'not-soaked',
    'v4.1.0 was in staging for 1 h of the 2 h that are asked for, until v4.2.0 took its place (shop-4.2.0)',
  ],
])('is refused: %s', (_why, seen, changes, rule, reason) => {
  expect(ask(seen, changes)).toMatchObject({ decision: 'refuse', rule, reason });
});

test.each([
  ['the same digest under another tag', `example/shop@${digest('a')}`, 'ok'],
  ['another digest under the same tag', `example/shop:4.1.0@${digest('b')}`, 'refuse'],
])('a digest that both sides know decides: %s', (_what, image, decision) => {
  expect(ask([verified(9, { digest: digest('a') })], [], { image })).toMatchObject({ decision });
});

test('without a soak, what was verified goes on at once', () => {
  expect(ask([verified(12)], [], { soakSeconds: 0 })).toMatchObject({ decision: 'ok' });
});

test.each([
  ['the newest', [verified(11, { version: '4.2.0', image: 'example/shop:4.2.0' }), verified(9)], [], '4.2.0'],
  [
    'not one that was rolled back from',
    [verified(10, { version: '4.2.0', image: 'example/shop:4.2.0' }), verified(9)],
    [rolledBack(11, '4.2.0', '4.1.0'), released(10, '4.2.0')],
    '4.1.0',
  ],
  ['none', [verified(9)], [rolledBack(11, '4.1.0')], undefined],
])('the newest verified release is %s', (_what, seen, changes, version) => {
  expect(newestVerified({ verified: seen, changes })?.version).toBe(version);
});
