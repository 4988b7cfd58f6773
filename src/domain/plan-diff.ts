/** What a change makes of an object, line by line: `spec.replicas: 3 → 5`. */
import { lineDiff } from './plan-diff-lines.ts';
import { shortened } from './shortened.ts';

/** An object before and after; `undefined` where there is none. */
export interface Sides {
  readonly before: unknown;
  readonly after: unknown;
}

/** A value is shown so far; what it is must be recognised, not copied. */
const maxValueBytes = 160;

/**
 * `raw` decides what has changed; of `shown`, which is the same without secrets, people get to read. One
 * line a value: `~` changed, `+` new, `-` gone. Items of a list are told apart by their `name`, where
 * every one has its own. A text of several lines is compared by lines.
 */
export function planDiff(raw: Sides, shown: Sides): readonly string[] {
  const before = leavesOf(raw.before);
  const after = leavesOf(raw.after);
  const was = leavesOf(shown.before);
  const willBe = leavesOf(shown.after);
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  return paths
    .filter((path) => before.get(path) !== after.get(path))
    .flatMap((path) => {
      if (!after.has(path)) return [`- ${path}: ${valueWords(was.get(path))}`];
      if (!before.has(path)) return [`+ ${path}: ${valueWords(willBe.get(path))}`];
      return changed(path, was.get(path), willBe.get(path));
    });
}

type Leaf = string | number | boolean | null;

function changed(path: string, was: Leaf = null, willBe: Leaf = null): readonly string[] {
  if (was === willBe) return [`~ ${path}: ${valueWords(willBe)} (another value)`];
  if (isText(was) && isText(willBe) && `${was}${willBe}`.includes('\n')) {
    return [`~ ${path}:`, ...lineDiff(was, willBe).map((line) => `    ${shortened(line, maxValueBytes)}`)];
  }
  return [`~ ${path}: ${valueWords(was)} → ${valueWords(willBe)}`];
}

function valueWords(value: Leaf = null): string {
  return shortened(isText(value) ? value.replaceAll('\n', '⏎') || '""' : String(value), maxValueBytes);
}

/** Every value with its path, in the order of the object. */
function leavesOf(value: unknown): ReadonlyMap<string, Leaf> {
  return new Map(entries(value, ''));
}

function entries(value: unknown, path: string): readonly (readonly [string, Leaf])[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [[path, value as Leaf]];
  if (Array.isArray(value)) {
    if (value.length === 0) return [[path, '[]']];
    const names = namesOf(value);
    return value.flatMap((item, index) => entries(item, `${path}[${names?.[index] ?? index}]`));
  }
  const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
  if (fields.length === 0) return path === '' ? [] : [[path, '{}']];
  return fields.flatMap(([key, inner]) => entries(inner, path === '' ? key : `${path}.${key}`));
}

/** Their names, when each has one of its own: then an item that moves is still the same. */
function namesOf(items: readonly unknown[]): readonly string[] | undefined {
  const names = items.map((item) => {
    const name: unknown =
      typeof item === 'object' && item !== null ? (item as Record<string, unknown>)['name'] : undefined;
    return isText(name) ? name : undefined;
  });
  const known = names.filter(isText);
  return known.length === items.length && new Set(known).size === items.length ? known : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
