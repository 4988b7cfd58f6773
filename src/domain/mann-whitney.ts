import { upperTail } from './normal-distribution.ts';

export interface RankComparison {
  /** Pairs in which the one's sample is greater, a tie counting half. */
  readonly u: number;
  /** How likely ranks this high are when both sides are alike. */
  readonly greater: number;
  /** The same for ranks this far from the middle, on either side. */
  readonly different: number;
}

/**
 * Mann–Whitney U test by normal approximation, with corrections for ties and continuity. Only the order
 * of the samples counts, so neither their unit nor a few outliers move it.
 * @param overlap how many neighbouring samples share their data: so many are worth one of their own
 */
export function mannWhitney(one: readonly number[], other: readonly number[], overlap = 1): RankComparison {
  const [n, m] = [one.length, other.length];
  const { rankSum, tieSum } = rank(one, other);
  const u = rankSum - (n * (n + 1)) / 2;
  const away = u - (n * m) / 2;
  const all = n + m;
  const variance = all < 2 ? 0 : ((n * m) / 12) * (all + 1 - tieSum / (all * (all - 1)));
  if (!(variance > 0)) return { u, greater: away > 0 ? 0.5 : 1, different: 1 };
  const deviation = Math.sqrt(variance * overlap);
  return {
    u,
    greater: upperTail((away - 0.5) / deviation),
    different: Math.min(1, 2 * upperTail((Math.abs(away) - 0.5) / deviation)),
  };
}

/** Ranks over both sides, ties sharing the middle of their ranks. */
function rank(one: readonly number[], other: readonly number[]) {
  const all = [
    ...one.map((value) => ({ value, isOnes: true })),
    ...other.map((value) => ({ value, isOnes: false })),
  ].sort((a, b) => a.value - b.value);
  let rankSum = 0;
  let tieSum = 0;
  for (let start = 0, end = 0; start < all.length; start = end) {
    while (end < all.length && all[end]?.value === all[start]?.value) end += 1;
    const tied = end - start;
    const ones = all.slice(start, end).filter(({ isOnes }) => isOnes).length;
    rankSum += (ones * (start + 1 + end)) / 2;
    tieSum += tied ** 3 - tied;
  }
  return { rankSum, tieSum };
}
