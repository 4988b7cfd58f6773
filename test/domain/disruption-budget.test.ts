import { expect, test } from '@jest/globals';
import { minimumAvailable } from '../../src/domain/disruption-budget.ts';

test.each([
  [{ minAvailable: 2 }, 3, 2],
  [{ minAvailable: '50%' }, 3, 2],
  [{ minAvailable: 9 }, 3, 3],
  [{ maxUnavailable: 1 }, 10, 9],
  [{ maxUnavailable: '25%' }, 10, 7],
  [{ maxUnavailable: '100%' }, 10, 0],
  [{ maxUnavailable: 20 }, 10, 0],
  [{}, 4, 4],
])('a budget of %j over %i replicas asks for %i', (budget, replicas, expected) => {
  expect(minimumAvailable({ name: 'shop', ...budget }, replicas)).toBe(expected);
});
