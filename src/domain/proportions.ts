/**
 * Exact tests for counts of failures: they hold for a handful of events as well as for millions, where
 * approximations call sparse errors good or bad by luck.
 */

/** Whole numbers with `0 ≤ failed ≤ total`. */
export interface Counts {
  readonly failed: number;
  readonly total: number;
}

/**
 * Fisher's exact test, one-sided: how likely `one` has at least this many of all failures when both fail
 * equally often. Small: `one` fails more often, and chance does not explain it.
 */
export function fisherExact(one: Counts, other: Counts): number {
  const all = one.total + other.total;
  const failed = one.failed + other.failed;
  return upperProbability(one.failed, {
    from: Math.max(0, one.total - (all - failed)),
    to: Math.min(one.total, failed),
    mean: all === 0 ? 0 : (one.total * failed) / all,
    logProbability: (x) =>
      logChoose(failed, x) + logChoose(all - failed, one.total - x) - logChoose(all, one.total),
    ratio: (x) => ((failed - x) * (one.total - x)) / ((x + 1) * (all - failed - one.total + x + 1)),
  });
}

/** How likely at least this many events fail when each fails with this probability (between 0 and 1). */
export function binomialTail({ failed, total }: Counts, probability: number): number {
  if (probability <= 0) return failed > 0 ? 0 : 1;
  if (probability >= 1) return 1;
  return upperProbability(failed, {
    from: 0,
    to: total,
    mean: total * probability,
    logProbability: (x) =>
      logChoose(total, x) + x * Math.log(probability) + (total - x) * Math.log1p(-probability),
    ratio: (x) => (((total - x) / (x + 1)) * probability) / (1 - probability),
  });
}

interface Distribution {
  readonly from: number;
  readonly to: number;
  readonly mean: number;
  readonly logProbability: (x: number) => number;
  /** P(x + 1) / P(x). */
  readonly ratio: (x: number) => number;
}

/** P(X ≥ x), summed on the side of the mean where the terms only shrink. */
function upperProbability(x: number, distribution: Distribution): number {
  const { from, to, mean, logProbability, ratio } = distribution;
  if (x <= from) return 1;
  if (x > to) return 0;
  const sum =
    x > mean
      ? shrinkingSum(x, to, 1, Math.exp(logProbability(x)), ratio)
      : 1 - shrinkingSum(x - 1, from, -1, Math.exp(logProbability(x - 1)), (y) => 1 / ratio(y - 1));
  return Math.min(1, Math.max(0, sum));
}

/** Terms smaller than this part of the sum change no digit of it. */
const negligible = 1e-17;

function shrinkingSum(
  start: number,
  end: number,
  step: 1 | -1,
  first: number,
  factor: (x: number) => number,
): number {
  let term = first;
  let sum = term;
  for (let x = start; x !== end && term > sum * negligible; x += step) {
    term *= factor(x);
    sum += term;
  }
  return sum;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** Below, Stirling's series has fewer digits than a product. */
const stirlingFrom = 20;

function logFactorial(n: number): number {
  if (n < stirlingFrom) {
    let product = 1;
    for (let k = 2; k <= n; k += 1) product *= k;
    return Math.log(product);
  }
  const correction = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + correction;
}
