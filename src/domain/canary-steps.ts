/** The rules that every list of canary steps follows, wherever it was written. */

/** What is wrong with the weights in this order; `undefined` when nothing is. */
export function weightsProblem(weights: readonly number[]): string | undefined {
  const falling = weights.findIndex((weight, index) => index > 0 && weight <= (weights[index - 1] ?? 0));
  if (falling > 0)
    return `must have rising weights: ${weights[falling]} does not follow ${weights[falling - 1]}`;
  const last = weights.at(-1);
  return last === 100 ? undefined : `must end with weight 100, and it ends with ${last ?? 'nothing'}`;
}
