/** What the schema found wrong, in words. */
import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import type { Finding, Path } from './problem.ts';
import { knownKeysAt } from './known-keys.ts';

type Issue = z.core.$ZodIssue;

/** `value` is what was checked, to tell which keys a mapping may have. */
export function schemaFindings(issues: readonly Issue[], value: unknown, around: Path = []): Finding[] {
  return issues.flatMap((issue) => {
    const path = [...around, ...issue.path.map(asPart)];
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => unknownKey(path, key, value));
      case 'invalid_union':
        return unionFindings(issue, path, value);
      case 'invalid_key':
        return issue.issues.map(({ message }) => ({ path, atKey: true, message }));
      default:
        return [{ path, message: issue.message }];
    }
  });
}

/**
 * Of a union's branches the one that was meant: of those that looked inside, the one that knows the most of
 * the keys and has the least to say. Otherwise the union's own words.
 */
function unionFindings(issue: Issue & { code: 'invalid_union' }, path: Path, value: unknown): Finding[] {
  const [meant] = issue.errors
    .filter((branch) => branch.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'))
    .sort((a, b) => unknownKeys(a) - unknownKeys(b) || a.length - b.length);
  if (meant !== undefined) return schemaFindings(meant, value, path);
  return [{ path, message: issue.message }];
}

function unknownKeys(branch: readonly Issue[]): number {
  return branch.reduce(
    (sum, issue) =>
      sum + (issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys.length : 0),
    0,
  );
}

function unknownKey(path: Path, key: string, value: unknown): Finding {
  const known = knownKeysAt(path, value);
  const allowed = known.length === 0 ? '' : ` Known here: ${known.join(', ')}.`;
  return {
    path: [...path, key],
    atKey: true,
    message: `unknown key.${didYouMean(key, known)}${allowed}`,
  };
}

function asPart(part: PropertyKey): string | number {
  return typeof part === 'symbol' ? String(part) : part;
}
