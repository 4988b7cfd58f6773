/** From the file's entries about windows to the words of the domain. */
import type { WindowPolicy } from '../domain/window.ts';
import type { Windows } from '../domain/window-rule.ts';
import { toPermission, type Groups } from './permission-schema.ts';
import { toWindowRule } from './window-rules.ts';
import type { WindowEntry, WindowsEntry } from './window-schema.ts';

export function toWindowPolicy({ outside, override }: WindowsEntry, groups: Groups): WindowPolicy {
  return { outside, override: toPermission(override, groups) };
}

/** The cross-checks saw to it that every freeze has its entry. */
export function toWindows(
  entry: WindowsEntry | undefined,
  freezes: Readonly<Record<string, WindowEntry>>,
): Windows {
  const { allow = [], deny = [] } = entry ?? {};
  return {
    allow: allow.map((window) => toWindowRule(window)),
    deny: deny.flatMap((window) => {
      if (typeof window !== 'string') return [toWindowRule(window)];
      const freeze = freezes[window];
      return freeze === undefined ? [] : [toWindowRule(freeze, window)];
    }),
  };
}
