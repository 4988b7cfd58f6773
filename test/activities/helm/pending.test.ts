import { expect, test } from '@jest/globals';
import { decidePending } from '../../../src/activities/helm/pending.ts';
import type { HelmStatus } from '../../../src/domain/observation.ts';

const now = new Date('2026-11-23T12:00:00Z');
const facts = { now, graceSeconds: 30, helmSeconds: 600 };

function revision(status: HelmStatus, ageSeconds: number) {
  const updatedAt = new Date(now.getTime() - ageSeconds * 1000).toISOString();
  return { revision: 7, status, chart: 'tensafe-1.0.0', updatedAt, description: '' };
}

test.each<[HelmStatus, number, boolean, string]>([
  ['deployed', 0, false, 'settled'],
  ['failed', 0, true, 'settled'],
  ['superseded', 0, false, 'settled'],
  ['pending-upgrade', 0, true, 'wait'],
  ['pending-upgrade', 29, true, 'wait'],
  ['pending-upgrade', 30, true, 'crashed'],
  ['pending-upgrade', 30, false, 'refuse'],
  ['pending-upgrade', 599, false, 'refuse'],
  ['pending-upgrade', 600, false, 'crashed'],
  ['pending-rollback', 5, true, 'wait'],
  ['pending-rollback', 5, false, 'refuse'],
  ['pending-install', 5, false, 'refuse'],
  ['pending-install', 900, false, 'crashed'],
  // The clocks of two machines differ: somebody's revision from the future is a young one.
  ['pending-upgrade', -20, false, 'refuse'],
])('%s, %d s old, ours: %p → %s', (status, age, ours, kind) => {
  expect(decidePending(revision(status, age), { ...facts, ours }).kind).toBe(kind);
});

test('a refusal says what is in progress and since when', () => {
  expect(decidePending(revision('pending-upgrade', 60), { ...facts, ours: false })).toEqual({
    kind: 'refuse',
    reason: 'revision 7 (pending-upgrade) by somebody else is in progress since 2026-11-23T11:59:00.000Z',
  });
});
