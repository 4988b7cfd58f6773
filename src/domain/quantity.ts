/** Kubernetes quantities: `250m`, `1.5Gi`, `2`, `1e3`. */

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const written = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([A-Za-z]*))$/;

/** `undefined` for what is not a quantity. */
export function parseQuantity(text: string): number | undefined {
  const [, number, exponent, suffix = ''] = written.exec(text) ?? [];
  const factor = factors[suffix];
  if (number === undefined || factor === undefined) return undefined;
  return Number(`${number}${exponent ?? ''}`) * factor;
}
