import { describe, expect, test } from '@jest/globals';
import { literal, table, unbroken, unheard, value } from '../../src/domain/markdown.ts';

describe('text from elsewhere in markdown', () => {
  test.each([
    ['plain words, 12 s (ok): fine.', 'plain words, 12 s (ok): fine.'],
    ['got <nil>', String.raw`got \<nil\>`],
    ['__init__ and *all*', String.raw`\_\_init\_\_ and \*all\*`],
    ['held; end it with --name abort', String.raw`held; end it with \-\-name abort`],
    ['3/3 pods, 10/10', '3\u2060/3 pods, 10\u2060/10'],
    ['tensafe/server:4.0.0', 'tensafe/server:4.0.0'],
    ['[click](http://x)', String.raw`\[click\](http://x)`],
    ['a | b', String.raw`a \| b`],
    ['a\n  b', 'a b'],
    ['# HELP x', String.raw`\# HELP x`],
    ['1. first', String.raw`1\. first`],
    ['C:\\temp', String.raw`C:\\temp`],
  ])('%j stays as it is: %s', (text, markdown) => {
    expect(literal(text)).toBe(markdown);
  });

  test.each([
    ['200 {"status":"unhealthy"}: no', '200 `{"status":"unhealthy"}`: no'],
    ['a: {"x":{"y":1}}; b: {}', 'a: `{"x":{"y":1}}`; b: `{}`'],
    [`--input '{"by":"you"}'`, String.raw`\-\-input ` + '`\'{"by":"you"}\'`'],
  ])('JSON in %j can be copied', (text, markdown) => {
    expect(literal(text)).toBe(markdown);
  });

  test.each(['{"a":"x|y"}', '{"a":"`"}'])('%s is not set as code, which it would end', (text) => {
    expect(literal(text)).not.toMatch(/^`|[^\\]`$|[^\\]\|/);
  });

  test('a table keeps its rows', () => {
    expect(table(['', 'Step'], ['✅', unbroken('Monitor rollout')], ['❌', literal('a | b')])).toBe(
      '| \u00a0 | Step |\n|:---|:---|\n| ✅\u00a0 | Monitor\u00a0rollout |\n| ❌\u00a0 | a \\| b |',
    );
  });
});

describe('text from elsewhere in a ticket', () => {
  test.each([
    ['ask @ana', 'ask @\u2060ana'],
    ['@org/team', '@\u2060org/team'],
    ['é@ana, (@bo)', 'é@\u2060ana, (@\u2060bo)'],
    ['mail ana@example.com', 'mail ana@example.com'],
    ['fixes #12 and org/shop#3, GH-7', 'fixes #\u206012 and org/shop#\u20603, GH-\u20607'],
    ['{"a":1}@ana', '`{"a":1}`@\u2060ana'],
    ['{"a":"@ana"}', '`{"a":"@ana"}`'],
    ['{"a":"@ana|"}', String.raw`{"a":"@` + '\u2060' + String.raw`ana\|"}`],
    ['<b>', String.raw`\<b\>`],
  ])('%j calls nobody', (text, markdown) => {
    expect(unheard(text)).toBe(markdown);
  });

  test.each([
    ['example/shop:4.1.0', '`example/shop:4.1.0`'],
    ['a`b', 'a\\`b'],
    ['two words', 'two words'],
    ['', ''],
  ])('the value %j is code where that is possible', (text, markdown) => {
    expect(value(text)).toBe(markdown);
  });
});
