/** The standard normal distribution's upper tail, P(Z > z), to about 14 digits also far out. */
export function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return z < seriesUpTo ? 0.5 - density * oddSeries(z) : density / continuedFraction(z);
}

/** The upper 1 % of the standard normal distribution, and so the ends of a 98 % interval. */
export const upperOnePercent = 2.326347874040841;

/** Beyond, the series loses digits to cancellation and the continued fraction is quick. */
const seriesUpTo = 3;
const seriesTerms = 60;
const fractionTerms = 80;

/** z + z³/3 + z⁵/(3·5) + … (Abramowitz and Stegun 26.2.11). */
function oddSeries(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 1; k < seriesTerms; k += 1) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return sum;
}

/** z + 1/(z + 2/(z + 3/(z + …))) (Abramowitz and Stegun 26.2.14). */
function continuedFraction(z: number): number {
  let value = z;
  for (let k = fractionTerms; k > 0; k -= 1) value = z + k / value;
  return value;
}
