/** What was stored without its secret values, whole again. */
import { redacted } from './redact.ts';

export interface Filled {
  readonly value: unknown;
  /** Paths of what is as in `source` now. */
  readonly kept: readonly string[];
  /** Paths of redacted values for which there is no real one. */
  readonly missing: readonly string[];
}

/**
 * Replaces each redacted text by what `source` holds at the same place: items of a list are the same
 * when their `name` is, else when they stand at the same place.
 */
export function fillRedacted(stored: unknown, source: unknown, path: string): Filled {
  if (typeof stored === 'string') return fillText(stored, source, path);
  if (Array.isArray(stored)) {
    const items = stored.map((item: unknown, index) =>
      fillRedacted(item, counterpart(item, index, source), `${path}[${nameOf(item) ?? index}]`),
    );
    return combine(
      items.map(({ value }) => value),
      items,
    );
  }
  if (typeof stored !== 'object' || stored === null) return { value: stored, kept: [], missing: [] };
  const fields = Object.entries(stored).map(
    ([key, value]) => [key, fillRedacted(value, fieldOf(source, key), `${path}.${key}`)] as const,
  );
  return combine(
    Object.fromEntries(fields.map(([key, { value }]) => [key, value])),
    fields.map(([, filled]) => filled),
  );
}

function fillText(stored: string, source: unknown, path: string): Filled {
  if (!stored.includes(redacted)) return { value: stored, kept: [], missing: [] };
  return typeof source === 'string'
    ? { value: source, kept: [path], missing: [] }
    : { value: undefined, kept: [], missing: [path] };
}

function combine(value: unknown, parts: readonly Filled[]): Filled {
  return {
    value,
    kept: parts.flatMap(({ kept }) => kept),
    missing: parts.flatMap(({ missing }) => missing),
  };
}

function counterpart(item: unknown, index: number, source: unknown): unknown {
  if (!Array.isArray(source)) return undefined;
  const name = nameOf(item);
  return name === undefined
    ? (source[index] as unknown)
    : (source as readonly unknown[]).find((each) => nameOf(each) === name);
}

export function nameOf(item: unknown): string | undefined {
  const name = fieldOf(item, 'name');
  return typeof name === 'string' ? name : undefined;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
