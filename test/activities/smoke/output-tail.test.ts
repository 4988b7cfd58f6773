import { expect, test } from '@jest/globals';
import { createOutputTail, lastLines } from '../../../src/activities/smoke/output-tail.ts';

test.each([
  ['nothing', '', ''],
  ['only line ends', '\n\n', ''],
  ['line ends of any kind', 'a\r\nb\rc\n', 'a\nb\nc'],
  ['colours', '\u001b[32mok\u001b[0m\n', 'ok'],
  ['a secret', 'token: abcdef\n', 'token: [redacted]'],
])('%s', (_what, text, expected) => {
  expect(lastLines(text)).toBe(expected);
});

test('a private key is taken out whole, though its beginning is not among the lines shown', () => {
  const body = Array.from({ length: 40 }, () => 'MIIEvQIBADANBgkqhkiG9w0BAQ').join('\n');
  const text = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\ndone`;
  expect(lastLines(text)).toBe('[redacted]\ndone');
});

test('endless output is held and shown only in part, and no half line begins it', () => {
  const tail = createOutputTail();
  for (let line = 0; line < 50_000; line += 1) tail.add(`password=${'x'.repeat(40)} line ${line}\n`);
  const lines = tail.text().split('\n');
  expect(lines).toHaveLength(20);
  expect(lines.at(-1)).toBe('password=[redacted] line 49999');
  expect(tail.text()).not.toContain('xx');
});

test('one line of any length is shortened', () => {
  const tail = createOutputTail();
  for (let part = 0; part < 200; part += 1) tail.add('y'.repeat(1000));
  expect(tail.text().length).toBeLessThanOrEqual(4_000);
});
