import { expect, test } from '@jest/globals';
import { readField } from '../../src/domain/json-path.ts';

const document = { status: 'healthy', checks: { db: { ok: false } }, items: [{ name: 'a' }], nothing: null };

test.each([
  ['status', 'healthy'],
  ['checks.db.ok', false],
  ['items.0.name', 'a'],
  ['nothing', null],
])('%s is found', (path, value) => {
  expect(readField(document, path)).toEqual({ found: true, value });
});

test.each([
  'missing',
  'status.length',
  'checks.db.ok.deeper',
  'items.1.name',
  'items.length',
  'constructor',
  'nothing.at',
  '',
])('%j is not there', (path) => {
  expect(readField(document, path)).toEqual({ found: false });
});

test.each([['a text'], [3], [null], [undefined]])('%j has no fields', (value) => {
  expect(readField(value, 'length')).toEqual({ found: false });
});
