/** Where two objects differ, for people: paths, and of values only numbers, for a text may be a secret. */
import { nameOf } from './fill-redacted.ts';

export function differences(now: unknown, then: unknown, path: string): readonly string[] {
  if (Array.isArray(now) && Array.isArray(then)) return ofLists(now, then, path);
  if (isObject(now) && isObject(then)) {
    const keys = [...new Set([...Object.keys(now), ...Object.keys(then)])];
    return keys.flatMap((key) => differences(now[key], then[key], `${path}.${key}`));
  }
  if (now === then) return [];
  return [typeof now === 'number' && typeof then === 'number' ? `${path} ${now} → ${then}` : path];
}

function ofLists(now: readonly unknown[], then: readonly unknown[], path: string): readonly string[] {
  const isNamed = [...now, ...then].every((item) => nameOf(item) !== undefined);
  const byKey = (items: readonly unknown[]): Record<string, unknown> =>
    Object.fromEntries(items.map((item, index) => [isNamed ? (nameOf(item) ?? '') : String(index), item]));
  const [before, after] = [byKey(now), byKey(then)];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const found = keys.flatMap((key) => differences(before[key], after[key], `${path}[${key}]`));
  // The same items in another order: later variables may use earlier ones.
  const moved = found.length === 0 && Object.keys(before).join() !== Object.keys(after).join();
  return moved ? [`${path} (order)`] : found;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
