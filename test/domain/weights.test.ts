import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { actualWeight, podsOf, replicaPair, weightWords } from '../../src/domain/weights.ts';

test.each([
  [0, 10, 10, 0, '0 %'],
  [10, 10, 9, 1, '10 %'],
  [30, 10, 7, 3, '30 %'],
  [50, 10, 5, 5, '50 %'],
  [100, 10, 0, 10, '100 %'],
  [10, 3, 2, 1, '33 %'],
  [50, 3, 2, 1, '33 %'],
  [67, 3, 1, 2, '67 %'],
  [99, 3, 1, 2, '67 %'],
  [10, 37, 33, 4, '11 %'],
  [1, 37, 36, 1, '2.7 %'],
  [10, 1, 1, 1, '50 %'],
  [99, 1, 1, 1, '50 %'],
  [0, 1, 1, 0, '0 %'],
  [100, 1, 0, 1, '100 %'],
  [50, 0, 0, 0, '0 %'],
])('%i %% of %i replicas are %i stable and %i canary pods: %s', (weight, replicas, stable, canary, words) => {
  const pair = replicaPair(weight, replicas);
  expect(pair).toEqual({ stable, canary });
  expect(weightWords(actualWeight(pair))).toBe(words);
});

const weight = fc.double({ min: 0, max: 100, noNaN: true });
const replicas = fc.integer({ min: 1, max: 500 });

test('a weight between 0 and 100 has both sides, 0 and 100 have one', () => {
  fc.assert(
    fc.property(weight, replicas, (w, r) => {
      const { stable, canary } = replicaPair(w, r);
      expect(stable === 0).toBe(w === 100);
      expect(canary === 0).toBe(w === 0);
    }),
  );
});

test('the pods are the replicas, but for a single one that is shared', () => {
  fc.assert(
    fc.property(weight, replicas, (w, r) => {
      expect(podsOf(replicaPair(w, r))).toBe(r === 1 && w > 0 && w < 100 ? 2 : r);
    }),
  );
});

test('the canary never has fewer pods at a higher weight', () => {
  fc.assert(
    fc.property(weight, weight, replicas, (a, b, r) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      expect(replicaPair(low, r).canary).toBeLessThanOrEqual(replicaPair(high, r).canary);
    }),
  );
});

test('no other pair with both sides comes nearer to the weight', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 2, max: 200 }), (w, r) => {
      const off = (canary: number) => Math.abs(100 * canary - w * r);
      const best = Math.min(...Array.from({ length: r - 1 }, (_, index) => off(index + 1)));
      expect(off(replicaPair(w, r).canary)).toBe(best);
    }),
  );
});
