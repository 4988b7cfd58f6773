import { upperOnePercent } from './normal-distribution.ts';

export interface Shift {
  /** The median of all pairwise differences: by how much the one is higher. */
  readonly estimate: number;
  /** 98 % interval; infinite where there are too few samples for one. */
  readonly low: number;
  readonly high: number;
}

/**
 * Hodges–Lehmann estimate with Moses' interval. Both sides need a sample.
 * @param overlap how many neighbouring samples share their data: so many are worth one of their own
 */
export function hodgesLehmann(one: readonly number[], other: readonly number[], overlap = 1): Shift {
  const differences = Float64Array.from(one.flatMap((a) => other.map((b) => a - b))).sort();
  const pairs = differences.length;
  const deviation = Math.sqrt((pairs * (one.length + other.length + 1) * overlap) / 12);
  const cut = Math.floor(pairs / 2 - upperOnePercent * deviation);
  return {
    estimate: medianOfSorted(differences),
    low: cut < 1 ? -Infinity : (differences[cut - 1] ?? -Infinity),
    high: cut < 1 ? Infinity : (differences[pairs - cut] ?? Infinity),
  };
}

export function median(values: readonly number[]): number {
  return medianOfSorted(Float64Array.from(values).sort());
}

function medianOfSorted(sorted: Float64Array): number {
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? NaN) + upper) / 2 : upper;
}
