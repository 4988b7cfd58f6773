import { expect, test } from '@jest/globals';
import { aftermathOf, type Aftermath, type Touched } from '../../src/domain/aftermath.ts';
import type { Outcome } from '../../src/domain/status.ts';
import { incidents, paging } from '../support/aftermath-scene.ts';

const changed = { changed: true };
const untouched = { changed: false };
const alarmed = { changed: true, alarmed: true };
const all = ['failed', 'rollbackFailed'] as const;

test.each<[Outcome, 'canary' | 'rollback', Touched, Aftermath]>([
  ['released', 'canary', changed, { writeDown: false, over: all }],
  ['rolledBack', 'canary', changed, { page: 'failed', writeDown: true, over: [] }],
  ['failed', 'canary', untouched, { page: 'failed', writeDown: false, over: [] }],
  ['rollbackFailed', 'canary', changed, { page: 'rollbackFailed', writeDown: true, over: [] }],
  ['aborted', 'canary', changed, { writeDown: false, over: [] }],
  ['unchanged', 'canary', untouched, { writeDown: false, over: [] }],
  // Somebody was woken while it was being put back, and that is over now.
  ['rolledBack', 'canary', alarmed, { page: 'failed', writeDown: true, over: ['rollbackFailed'] }],
  ['aborted', 'canary', alarmed, { writeDown: false, over: ['rollbackFailed'] }],
  ['rollbackFailed', 'canary', alarmed, { page: 'rollbackFailed', writeDown: true, over: [] }],
  ['failed', 'rollback', alarmed, { page: 'rollbackFailed', writeDown: true, over: [] }],
  ['rolledBack', 'rollback', changed, { writeDown: true, over: all }],
  ['failed', 'rollback', changed, { page: 'rollbackFailed', writeDown: true, over: [] }],
  // It stopped a release, which put the target back; or there was nothing to do at all.
  ['unchanged', 'rollback', changed, { writeDown: true, over: [] }],
  ['unchanged', 'rollback', untouched, { writeDown: false, over: [] }],
])('the end %s of a %s (%j) asks for %j', (outcome, strategy, touched, aftermath) => {
  expect(aftermathOf({ outcome, strategy }, { paging, incidents }, touched)).toEqual(aftermath);
  expect(aftermathOf({ outcome, strategy }, {}, touched)).toEqual({ writeDown: false, over: [] });
});

test('nobody is woken on an occasion that the environment does not name', () => {
  const quiet = { ...paging, on: ['rollbackFailed'] as const };
  expect(aftermathOf({ outcome: 'rolledBack', strategy: 'canary' }, { paging: quiet }, changed)).toEqual({
    ...{ writeDown: false, over: [] },
  });
});
