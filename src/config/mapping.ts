/** Looks into values that no schema has checked yet. */

export type Mapping = Readonly<Record<string, unknown>>;

/** Empty for what is no mapping. */
export function mapping(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
