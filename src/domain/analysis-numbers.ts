/** Numbers as people read them. */

const manyDigits = 3;

/** Three digits, without an exponent where that stays readable: `0.0312`, `41.5`, `120000`. */
export function rounded(value: number): string {
  return String(Number(value.toPrecision(manyDigits)));
}

/** `5 %`, `0.14 %`, `104 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(2))} %`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Comparing what was computed: equal up to the last digits of floating point is not more. */
export function isMore(a: number, b: number): boolean {
  return a - b > 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}
