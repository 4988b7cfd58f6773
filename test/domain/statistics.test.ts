import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hodgesLehmann, median } from '../../src/domain/hodges-lehmann.ts';
import { mannWhitney } from '../../src/domain/mann-whitney.ts';
import { upperTail } from '../../src/domain/normal-distribution.ts';
import { binomialTail, fisherExact } from '../../src/domain/proportions.ts';

test.each([
  [0, 0.5],
  [1, 0.158655253931457],
  [1.959963984540054, 0.025],
  [2.326347874040841, 0.01],
  [3, 0.0013498980316300946],
  [6, 9.86587645037698e-10],
  [-1, 0.8413447460685429],
])('the normal distribution above %d holds %d of it', (z, tail) => {
  expect(upperTail(z) / tail).toBeCloseTo(1, 10);
});

test.each([
  // R. A. Fisher, The Design of Experiments (1935): the lady who tastes tea.
  ['three of four cups right', [3, 4], [1, 4], 17 / 70],
  ['all four cups right', [4, 4], [0, 4], 1 / 70],
  ['two of four cups right', [2, 4], [2, 4], 53 / 70],
  // Fisher, Statistical Methods for Research Workers: criminal twins, 10 of 13 and 2 of 17 convicted.
  ['convicted twins', [10, 13], [2, 17], 0.00046518094336290433],
  ['nothing at all', [0, 0], [0, 0], 1],
  ['no failures', [0, 50], [0, 500], 1],
  ['everything failed', [50, 50], [500, 500], 1],
] as const)("Fisher's exact test: %s", (_case, [failed, total], [otherFailed, otherTotal], p) => {
  expect(fisherExact({ failed, total }, { failed: otherFailed, total: otherTotal })).toBeCloseTo(p, 12);
});

test("Fisher's exact test agrees with counting every possible table, and with millions stays quick", () => {
  fc.assert(
    fc.property(fc.nat(12), fc.nat(12), fc.nat(12), fc.nat(12), (a, b, c, d) => {
      const p = fisherExact({ failed: a, total: a + b }, { failed: c, total: c + d });
      expect(p).toBeCloseTo(countedTables(a, b, c, d), 9);
    }),
  );
  const big = fisherExact({ failed: 12_400, total: 1_000_000 }, { failed: 120_000, total: 10_000_000 });
  // The normal approximation: z = 3.5026 of a pooled share, one-sided.
  expect(big).toBeGreaterThan(0.00022);
  expect(big).toBeLessThan(0.00026);
});

/** Straight from the definition, by Pascal's triangle. */
function countedTables(a: number, b: number, c: number, d: number): number {
  let ways = 0;
  for (let x = a; x <= Math.min(a + b, a + c); x += 1) ways += choose(a + c, x) * choose(b + d, a + b - x);
  return ways / choose(a + b + c + d, a + b);
}

function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  let row = [1];
  for (let i = 0; i < n; i += 1) row = [1, ...row.slice(1).map((value, j) => value + (row[j] ?? 0)), 1];
  return row[k] ?? 0;
}

test.each([
  [5, 10, 0.5, 0.623046875],
  [10, 10, 0.5, 1 / 1024],
  [0, 10, 0.5, 1],
  [1, 100, 0.01, 1 - 0.99 ** 100],
  [1, 100, 0, 0],
  [3, 100, 1, 1],
])('%d or more of %d, each by chance %d: %d', (failed, total, chance, p) => {
  expect(binomialTail({ failed, total }, chance)).toBeCloseTo(p, 12);
});

// Hollander and Wolfe, Nonparametric Statistical Methods: permeability of the amnion at term and before.
const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const before = [1.15, 0.88, 0.9, 0.74, 1.21];
// The ages of men and women diagnosed with diabetes, in the documentation of SciPy.
const men = [19, 22, 16, 29, 24];
const women = [20, 11, 17, 12];

test('Mann–Whitney U gives the known values', () => {
  expect(mannWhitney(men, women)).toMatchObject({
    u: 17,
    different: expect.closeTo(0.11134688653314041, 10),
  });
  expect(mannWhitney(women, men)).toMatchObject({ u: 3, different: expect.closeTo(0.11134688653314041, 10) });
  expect(mannWhitney(atTerm, before).u).toBe(35);
  // z = (35 − 25 − ½) / √(10·5·16/12)
  expect(mannWhitney(atTerm, before).greater).toBeCloseTo(upperTail(9.5 / Math.sqrt(800 / 12)), 12);
});

test('ties share their ranks and narrow the variance', () => {
  // Ranks 1, 2½, 2½ | 4½, 4½, 6; Σ(t³ − t) = 12; variance 9/12 · (7 − 12/30).
  const { u, greater } = mannWhitney([2, 2, 3], [1, 1, 1.5]);
  expect(u).toBe(9);
  expect(greater).toBeCloseTo(upperTail(4 / Math.sqrt(0.75 * (7 - 12 / 30))), 12);
  expect(mannWhitney([1, 1], [1, 1])).toEqual({ u: 2, greater: 1, different: 1 });
});

test('Hodges–Lehmann gives the known shift, inside its interval', () => {
  const shift = hodgesLehmann(atTerm, before);
  expect(shift.estimate).toBeCloseTo(0.305, 12);
  expect(shift.low).toBeLessThan(0);
  expect(shift.high).toBeGreaterThan(0.305);
  expect(hodgesLehmann([1, 2], [1, 2])).toEqual({ estimate: 0, low: -Infinity, high: Infinity });
});

test('the 98 % interval holds the true shift about 98 times in a hundred', () => {
  const random = lcg(7);
  const rounds = 600;
  let held = 0;
  for (let i = 0; i < rounds; i += 1) {
    const one = Array.from({ length: 20 }, () => random() ** 3 + 0.4);
    const other = Array.from({ length: 15 }, () => random() ** 3);
    const { low, high } = hodgesLehmann(one, other);
    if (low <= 0.4 && 0.4 <= high) held += 1;
  }
  expect(held / rounds).toBeGreaterThan(0.965);
  expect(held / rounds).toBeLessThan(0.995);
});

/** Numerical Recipes' quick generator: the same numbers on every run. */
function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const samples = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 25 });

test('the tests are symmetric: what one side gains, the other loses', () => {
  fc.assert(
    fc.property(samples, samples, (one, other) => {
      const [there, back] = [mannWhitney(one, other), mannWhitney(other, one)];
      expect(there.u + back.u).toBe(one.length * other.length);
      expect(there.different).toBeCloseTo(back.different, 12);
      const [up, down] = [hodgesLehmann(one, other), hodgesLehmann(other, one)];
      expect(up.estimate).toBeCloseTo(-down.estimate, 12);
      expect(up.low + down.high || 0).toBeCloseTo(0, 12);
      expect(up.low).toBeLessThanOrEqual(up.estimate);
    }),
  );
});

test('raising a sample never lowers the rank, the shift or the evidence', () => {
  fc.assert(
    fc.property(samples, samples, fc.nat(24), fc.nat(60), (one, other, at, by) => {
      const raised = one.map((value, i) => (i === at % one.length ? value + by : value));
      expect(mannWhitney(raised, other).u).toBeGreaterThanOrEqual(mannWhitney(one, other).u);
      expect(hodgesLehmann(raised, other).estimate).toBeGreaterThanOrEqual(
        hodgesLehmann(one, other).estimate,
      );
    }),
  );
});

test('the median is the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});
