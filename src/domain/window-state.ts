/** How an environment's windows stand at one instant, and when that changes. */
import type { Span, WindowRule, Windows } from './window-rule.ts';
import type { WindowState } from './window.ts';

const day = 24 * 3_600_000;

/** How far ahead a change is looked for, a little at first: most windows change within days. */
const horizons = [8 * day, 60 * day, 400 * day, 5 * 366 * day];

/** `now` in milliseconds since 1970. A change further away than five years is not in sight. */
export function windowState(windows: Windows, now: number): WindowState {
  const closed = closure(windows, now);
  const change = nextChange(windows, now, closed === undefined);
  const at = change === undefined ? undefined : new Date(change).toISOString();
  if (closed === undefined) return { open: true, ...(at === undefined ? {} : { closesAt: at }) };
  return { open: false, because: closed, ...(at === undefined ? {} : { opensAt: at }) };
}

/** Why it is closed at this instant; `undefined` while it is open. */
function closure({ allow, deny }: Windows, now: number): string | undefined {
  const denials = deny
    .flatMap((rule) => spansAt(rule, now).map((span) => ({ rule, until: span.to })))
    .sort((a, b) => b.until - a.until);
  const [longest] = denials;
  if (longest !== undefined) {
    const { rule, until } = longest;
    return until === Infinity
      ? `${rule.words}, until further notice`
      : `${rule.words}, until ${rule.timeWords(until)}`;
  }
  if (allow.length === 0 || allow.some((rule) => spansAt(rule, now).length > 0)) return undefined;
  return `outside of ${allow.map(({ words }) => words).join(' and ')}`;
}

function spansAt(rule: WindowRule, now: number): readonly Span[] {
  return rule.spansWithin(now, now + 1);
}

function nextChange(windows: Windows, now: number, isOpen: boolean): number | undefined {
  for (const horizon of horizons) {
    const change = changeBefore(windows, { from: now, to: now + horizon }, isOpen);
    if (change !== undefined) return change;
  }
  return undefined;
}

interface Edge {
  readonly at: number;
  readonly list: 'allow' | 'deny';
  readonly by: 1 | -1;
}

/** Walks over all edges in order, counting what holds between them. */
function changeBefore(windows: Windows, sight: Span, isOpen: boolean): number | undefined {
  const edges = (['allow', 'deny'] as const)
    .flatMap((list) => windows[list].flatMap((rule) => edgesOf(rule, list, sight)))
    .sort((a, b) => a.at - b.at);
  const holding = { allow: windows.allow.length === 0 ? 1 : 0, deny: 0 };
  for (const [index, { at, list, by }] of edges.entries()) {
    holding[list] += by;
    // All that happens at one instant happens at once.
    if (edges[index + 1]?.at === at || at <= sight.from) continue;
    if ((holding.allow > 0 && holding.deny === 0) !== isOpen) return at;
  }
  return undefined;
}

/** What lies beyond the sight is not known well enough to be counted. */
function edgesOf(rule: WindowRule, list: Edge['list'], sight: Span): readonly Edge[] {
  return rule
    .spansWithin(sight.from, sight.to)
    .flatMap(({ from, to }): Edge[] => [
      { at: Math.max(from, sight.from), list, by: 1 },
      ...(to < sight.to ? [{ at: to, list, by: -1 } as const] : []),
    ]);
}
