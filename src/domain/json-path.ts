/** Reads one field of parsed JSON by a dotted path, for example `checks.db.status` or `items.0.name`. */

export type FieldLookup = { readonly found: true; readonly value: unknown } | { readonly found: false };

/** Own properties only: `constructor` or `length` is a field when the document says so, not before. */
export function readField(document: unknown, path: string): FieldLookup {
  let value = document;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !isField(value, key)) return { found: false };
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return { found: true, value };
}

function isField(value: object, key: string): boolean {
  return Object.hasOwn(value, key) && !(Array.isArray(value) && key === 'length');
}
