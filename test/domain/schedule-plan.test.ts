import { expect, test } from '@jest/globals';
import { scheduleAction, schedulesToRemove } from '../../src/domain/schedule-plan.ts';

test.each([
  ['that is not there is created', undefined, 'create'],
  ['that is as described is left', { name: 'nightly', owner: 'fairway', digest: 'a' }, 'leave'],
  [
    'that is described otherwise now is updated',
    { name: 'nightly', owner: 'fairway', digest: 'b' },
    'update',
  ],
  ["that is another set-up's is not touched", { name: 'nightly', owner: 'other', digest: 'a' }, 'foreign'],
  ['that a person made is not touched', { name: 'nightly' }, 'foreign'],
] as const)('a schedule %s', (_what, kept, action) => {
  expect(scheduleAction('fairway', 'a', kept)).toBe(action);
});

test('removed are those of this set-up that the file no longer has, and no others', () => {
  const kept = [
    { name: 'nightly', owner: 'fairway' },
    { name: 'weekly', owner: 'fairway' },
    { name: 'weekly-of-others', owner: 'other' },
    { name: 'by-hand' },
  ];
  expect(schedulesToRemove('fairway', ['nightly'], kept)).toEqual(['weekly']);
});
