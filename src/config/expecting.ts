/** Error messages of leaf values, in one voice: what was expected, what was found, what to do. */

import { z } from 'zod';
import { redact } from '../domain/redact.ts';
import { didYouMean } from './did-you-mean.ts';

interface RawIssue {
  readonly input?: unknown;
}

/** zod's `error` option for a value. `remedy` is a whole sentence. */
export function expecting(what: string, remedy?: string): { error: (issue: RawIssue) => string } {
  return {
    error: ({ input }) => {
      const advice = remedy === undefined ? '' : `. ${remedy}`;
      return input === undefined
        ? `is missing: expected ${what}${advice}`
        : `expected ${what}, got ${show(input)}${advice}`;
    },
  };
}

/** One of a few words; a wrong one that is close to a right one is told so. */
export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, { error: ({ input }) => oneOfMessage(input, names) });
}

export function oneOfMessage(input: unknown, names: readonly string[], otherwise = ''): string {
  const all = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  const listed = `${all}${otherwise}`;
  const guess = typeof input === 'string' ? didYouMean(input, names) : '';
  return `${expecting(listed).error({ input })}${guess === '' ? '' : `.${guess}`}`;
}

/** A value as it is quoted in a message: short, never more than one line, and without secrets. */
export function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = redact(JSON.stringify(value) ?? 'nothing');
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
