import { redact } from './redact.ts';

/**
 * The same value with every text in it redacted, before any rule takes a text apart: a secret without the name
 * that it stood beside is no longer recognised.
 */
export function withoutSecrets<T>(value: T): T {
  return cleaned(value) as T;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cleaned(each)]));
}
