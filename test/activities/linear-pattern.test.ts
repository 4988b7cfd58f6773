import { expect, test } from '@jest/globals';
import { linearPattern } from '../../src/activities/linear-pattern.ts';

test.each([
  ['^# HELP', '', '# HELP x', true],
  ['error|exception', 'i', 'An ERROR', true],
  ['error|exception', '', 'An ERROR', false],
  ['caf\\u00e9\\/(?<table>\\d+)', '', 'café/12', true],
] as const)('%s (%s) is read as JavaScript reads it', (source, flags, text, expected) => {
  expect(linearPattern(source, flags)(text)).toBe(expected);
});

// JavaScript's own engine takes a minute for the first of them, and twice as long for each further letter.
test.each(['a'.repeat(32), 'a '.repeat(2_000), 'a'.repeat(64 * 1024)])(
  'a pattern that could backtrack without end is answered at once',
  (text) => {
    const from = performance.now();
    expect(linearPattern('(\\w+\\s?)+error$', 'i')(text)).toBe(false);
    expect(performance.now() - from).toBeLessThan(30_000);
  },
);
