import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planDiff } from '../../src/domain/plan-diff.ts';
import { lineDiff } from '../../src/domain/plan-diff-lines.ts';
import { bounded, boundedWarnings, dryRunText } from '../../src/domain/plan-diff-text.ts';

const diff = (before: unknown, after: unknown) => planDiff({ before, after }, { before, after });

test.each([
  ['a changed value', { spec: { replicas: 3 } }, { spec: { replicas: 5 } }, ['~ spec.replicas: 3 → 5']],
  ['a new one', { spec: {} }, { spec: { paused: true } }, ['- spec: {}', '+ spec.paused: true']],
  ['one that goes', { a: 1, b: 2 }, { a: 1 }, ['- b: 2']],
  ['an object that is new', undefined, { kind: 'Service' }, ['+ kind: Service']],
  [
    'items by their names, wherever they stand',
    { containers: [{ name: 'shop', image: 'shop:1' }, { name: 'proxy' }] },
    { containers: [{ name: 'proxy' }, { name: 'shop', image: 'shop:2' }] },
    ['~ containers[shop].image: shop:1 → shop:2'],
  ],
  ['other items by their place', { args: ['-a', '-b'] }, { args: ['-a', '-c'] }, ['~ args[1]: -b → -c']],
  [
    'items of which two have the same name by their place',
    { env: [{ name: 'A' }, { name: 'A', value: '1' }] },
    { env: [{ name: 'A' }, { name: 'A', value: '2' }] },
    ['~ env[1].value: 1 → 2'],
  ],
  [
    'a text of several lines by its lines',
    { data: { 'shop.ini': 'a=1\nb=2\nc=3\nd=4' } },
    { data: { 'shop.ini': 'a=1\nb=5\nc=3\nd=6' } },
    ['~ data.shop.ini:', '    - b=2', '    + b=5', '    - d=4', '    + d=6'],
  ],
  ['an empty text', { a: '' }, { a: 'x' }, ['~ a: "" → x']],
  ['nothing', { a: [{ name: 'x' }] }, { a: [{ name: 'x' }] }, []],
])('the lines tell %s', (_, before, after, lines) => {
  expect(diff(before, after)).toEqual(lines);
});

test('a secret that changes is told without its value', () => {
  const raw = { before: { password: 'one' }, after: { password: 'two' } };
  const shown = { before: { password: '(redacted)' }, after: { password: '(redacted)' } };
  expect(planDiff(raw, shown)).toEqual(['~ password: (redacted) (another value)']);
});

test('a long value is cut, and says so', () => {
  const [line = ''] = diff({ a: 'x'.repeat(1_000) }, { a: 'y' });
  expect(line.length).toBeLessThan(250);
  expect(line).toContain('… → y');
});

const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 12 });

test('a text less the lines that go is the other less those that come', () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const lines = lineDiff(before.join('\n'), after.join('\n'));
      const count = (all: readonly string[], line: string) => all.filter((each) => each === line).length;
      for (const line of 'abcd') {
        const gone = count(lines, `- ${line}`);
        const come = count(lines, `+ ${line}`);
        expect(count(before, line) - gone).toBe(count(after, line) - come);
      }
      expect(lineDiff(before.join('\n'), before.join('\n'))).toEqual([]);
    }),
  );
});

test('beyond a bound lines are counted, not shown', () => {
  const many = Array.from({ length: 100 }, (_, i) => `+ line ${i}`);
  const changes = bounded([
    { object: 'ConfigMap a', diff: many },
    { object: 'ConfigMap b', diff: many },
    { object: 'ConfigMap c', diff: many },
    { object: 'Service shop', diff: [] },
  ]);
  expect(changes.map(({ diff: { length }, leftOut }) => [length, leftOut])).toEqual([
    [60, 40],
    [60, 40],
    [60, 40],
    [0, 0],
  ]);
  const text = dryRunText({ outcome: 'accepted', changes, warnings: ['would violate PodSecurity'] });
  expect(text).toContain('ConfigMap a:\n  + line 0\n');
  expect(text).toContain('  … and 40 more lines\nConfigMap b:');
  expect(text).toContain('Service shop: nothing changes\n- The API server warns: would violate PodSecurity');
  expect(text).not.toContain('```');
});

test('neither long lines nor warnings make it longer than people read', () => {
  const long = Array.from({ length: 60 }, (_, i) => `+ ${String(i)} ${'ä'.repeat(150)}`);
  const changes = bounded([
    { object: 'ConfigMap a', diff: long },
    { object: 'ConfigMap b', diff: long },
  ]);
  const lines = changes.flatMap(({ diff: shown }) => shown);
  expect(new TextEncoder().encode(lines.join('')).length).toBeLessThanOrEqual(8_000);
  expect(changes.map(({ diff: shown, leftOut }) => shown.length + leftOut)).toEqual([60, 60]);
  expect(changes[1]?.diff).toEqual([]);
  const warnings = boundedWarnings([
    'a',
    'a',
    ...Array.from({ length: 9 }, (_, i) => `${i}${'x'.repeat(900)}`),
  ]);
  expect(warnings).toHaveLength(5);
  expect(Math.max(...warnings.map((warning) => warning.length))).toBeLessThanOrEqual(400);
});
