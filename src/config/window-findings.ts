/** Rules of windows that span several parts of the file. Raw values. */
import type { WindowRule } from '../domain/window-rule.ts';
import { windowState } from '../domain/window-state.ts';
import { didYouMean } from './did-you-mean.ts';
import { mapping, type Mapping } from './mapping.ts';
import { isKey, keyRule } from './names.ts';
import { show } from './expecting.ts';
import { permissionRules } from './permission-schema.ts';
import type { Finding, Path } from './problem.ts';
import { recurring, toWindowRule } from './window-rules.ts';
import { windowEntrySchema, type WindowEntry } from './window-schema.ts';

/** `file` is the whole of it. */
export function windowFindings(file: Mapping): Finding[] {
  const freezes = mapping(file['freezes']);
  return [
    ...Object.keys(freezes)
      .filter((name) => !isKey(name))
      .map((name) => ({
        path: ['freezes', name],
        atKey: true,
        message: `expected a name of ${keyRule}, got ${show(name)}`,
      })),
    ...Object.entries(mapping(file['environments'])).flatMap(([name, environment]) => {
      const windows = mapping(mapping(environment)['windows']);
      const path = ['environments', name, 'windows'];
      const allow = listOf(windows['allow']);
      const deny = listOf(windows['deny']);
      return [
        ...unknownFreezes([...path, 'deny'], deny, Object.keys(freezes)),
        ...sameEntries([...path, 'allow'], 'allow', allow),
        ...sameEntries([...path, 'deny'], 'deny', deny),
        ...neverOpen(path, allow, deny, freezes),
        ...permissionRules([...path, 'override'], windows['override'], file),
      ];
    }),
  ];
}

function unknownFreezes(path: Path, deny: readonly unknown[], known: readonly string[]): Finding[] {
  return deny.flatMap((name, index) => {
    if (typeof name !== 'string' || known.includes(name)) return [];
    const list = known.length === 0 ? 'The file has no freezes.' : `Freezes: ${known.join(', ')}.`;
    return [
      { path: [...path, index], message: `there is no freeze "${name}".${didYouMean(name, known)} ${list}` },
    ];
  });
}

function sameEntries(path: Path, list: string, entries: readonly unknown[]): Finding[] {
  const written = entries.map((entry) => JSON.stringify(entry));
  return written.flatMap((text, index) => {
    const first = written.indexOf(text);
    if (first === index) return [];
    return [{ path: [...path, index], message: `says the same as ${list}[${first}]. Remove one of them.` }];
  });
}

/**
 * Windows that what is denied for ever leaves nothing of. Freezes that end, or that one day will, may
 * cover anything: a file that was right must not become wrong when one is added or time goes by.
 */
function neverOpen(
  path: Path,
  allow: readonly unknown[],
  deny: readonly unknown[],
  freezes: Mapping,
): Finding[] {
  const denied = deny.flatMap((entry) => endless(typeof entry === 'string' ? freezes[entry] : entry));
  if (denied.length === 0) return [];
  const opens = (allowed: readonly Endless[]): boolean => {
    const since = Math.max(...[...allowed, ...denied].map(({ from }) => from));
    const state = windowState({ allow: rules(allowed), deny: rules(denied) }, since);
    return state.open || state.opensAt !== undefined;
  };
  if (allow.length === 0)
    return opens([]) ? [] : [{ path: [...path, 'deny'], message: 'covers all times: it would never open' }];
  return allow.flatMap((entry, index) => {
    const allowed = endless(entry);
    if (allowed.length === 0 || opens(allowed)) return [];
    return [{ path: [...path, 'allow', index], message: 'never opens: what deny covers always wins' }];
  });
}

interface Endless {
  readonly rule: WindowRule;
  /** From here on it comes again and again; milliseconds since 1970. */
  readonly from: number;
}

/** None, or the one that recurs for ever. */
function endless(entry: unknown): readonly Endless[] {
  const { data } = windowEntrySchema.safeParse(entry);
  if (data === undefined || !('timeZone' in data) || !recursForEver(data)) return [];
  const [first = 0] = 'rrule' in data ? recurring(data).firstStarts(1) : [];
  const aDay = 24 * 3_600_000;
  return [{ rule: toWindowRule(data), from: Math.max(first + aDay, Date.UTC(2024, 0, 2)) }];
}

function recursForEver(entry: WindowEntry): boolean {
  return 'rrule' in entry ? !/\b(?:COUNT|UNTIL)=/i.test(entry.rrule) : 'days' in entry;
}

function rules(list: readonly Endless[]): readonly WindowRule[] {
  return list.map(({ rule }) => rule);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
