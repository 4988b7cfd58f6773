import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shortened } from '../../src/domain/shortened.ts';

const bytes = (text: string) => new TextEncoder().encode(text).length;

test.each([
  ['tensafe → dev', 400, 'tensafe → dev'],
  ['abcdef', 5, 'ab…'],
  ['→→→→', 9, '→→…'],
  ['🚀🚀🚀', 11, '🚀🚀…'],
])('%s in %d bytes is %s', (text, max, expected) => {
  expect(shortened(text, max)).toBe(expected);
});

test('never takes more than it may, and never halves a character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.integer({ min: 3, max: 400 }),
      (text, max) => {
        const short = shortened(text, max);
        return bytes(short) <= max && !/\p{Surrogate}/u.test(short);
      },
    ),
  );
});
