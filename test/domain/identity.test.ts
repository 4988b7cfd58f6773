import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normaliseIdentity } from '../../src/domain/identity.ts';

describe('a name', () => {
  test.each([
    ['spaces around and within', '  Ada   Lovelace ', 'ada lovelace'],
    ['capitals', 'ADA@Example.COM', 'ada@example.com'],
    ['a display part', 'Ada Lovelace <Ada@Example.com>', 'ada@example.com'],
    ['a display part in quotes', '"Lovelace, Ada" <ada@example.com>', 'ada@example.com'],
    ['brackets alone', '<ada@example.com>', 'ada@example.com'],
    ['full-width letters', 'ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'ada@example.com'],
    ['full-width brackets', 'Ada ＜ada@example.com＞', 'ada@example.com'],
    ['a composed letter', 'Zoe\u0308', 'zoë'],
    ['a mark of no width', 'a\u200bda@exam\u00adple.com', 'ada@example.com'],
    ['a mark of no width before an accent', 'e\u200d\u0301', 'é'],
    ['a no-break space and a tab', 'ada\u00a0\tlovelace', 'ada lovelace'],
    ['a ligature', 'ﬁona', 'fiona'],
  ])('with %s is the same person', (_what, written, name) => {
    expect(normaliseIdentity(written)).toBe(name);
  });

  test.each([
    ['', ''],
    ['\u200b', ''],
    ['<>', '<>'],
    ['Ada <>', 'ada <>'],
    ['a <b> c', 'a <b> c'],
  ])('%j without an address is %j', (written, name) => {
    expect(normaliseIdentity(written)).toBe(name);
  });

  test('that is normalised stays as it is', () => {
    const piece = fc.constantFrom(
      'ａ',
      'A',
      'ß',
      'İ',
      'ﬁ',
      '\u200b',
      '\u0301',
      'e',
      ' ',
      '\u00a0',
      '<',
      '>',
      '\uffa0',
      '@',
    );
    const written = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(written, (text) => {
        const once = normaliseIdentity(text);
        expect(normaliseIdentity(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });
});
