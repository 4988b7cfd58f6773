import { describe, expect, test } from '@jest/globals';
import { displayVersion, isVersion, normaliseVersion } from '../../src/domain/version.ts';

describe('a version', () => {
  test.each([
    ['4.1.0', '4.1.0'],
    ['v4.1.0', '4.1.0'],
    ['V4.1.0', '4.1.0'],
    [' v4.1.0 ', '4.1.0'],
    ['nightly', 'nightly'],
    ['vanilla', 'vanilla'],
    ['vv4', 'vv4'],
  ])('written %j means %j', (written, meant) => {
    expect(normaliseVersion(written)).toBe(meant);
  });

  test.each(['4.1.0', '4.1.0-rc.1', 'main_20260203', '_x', 'A'.repeat(128)])('accepts %j', (version) => {
    expect(isVersion(version)).toBe(true);
  });

  test.each(['', '.1', '-1', '4.1.0+build', 'a b', '4.1.0@sha256:abc', 'x:y', '4,1', 'A'.repeat(129)])(
    'refuses %j, which no image tag can be',
    (version) => {
      expect(isVersion(version)).toBe(false);
    },
  );

  test('is shown with a v only when it is a number', () => {
    expect(displayVersion('4.1.0')).toBe('v4.1.0');
    expect(displayVersion('nightly')).toBe('nightly');
  });
});
