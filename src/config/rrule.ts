/**
 * The text of an RRULE (RFC 5545), looked at closely: a part that is wrong must not be passed over, for
 * a window would then be another one than its author meant.
 */
import { RRuleTemporal } from 'rrule-temporal';
import { didYouMean } from './did-you-mean.ts';

export type RRuleParts = ReadonlyMap<string, string>;

const list = (one: string) => new RegExp(`^(?:${one})(?:,(?:${one}))*$`);
const upTo = (pattern: string) => list(`0?(?:${pattern})`);
const signed = (pattern: string) => list(`[+-]?(?:${pattern})`);
const weekday = '(?:MO|TU|WE|TH|FR|SA|SU)';

/** What each part may hold. Hours and shorter frequencies make no windows. */
const parts: Readonly<Record<string, { readonly pattern: RegExp; readonly expected: string }>> = {
  FREQ: { pattern: /^(?:DAILY|WEEKLY|MONTHLY|YEARLY)$/, expected: 'DAILY, WEEKLY, MONTHLY or YEARLY' },
  INTERVAL: { pattern: /^[1-9]\d{0,2}$/, expected: 'a whole number from 1 to 999' },
  COUNT: { pattern: /^[1-9]\d{0,3}$/, expected: 'a whole number from 1 to 9999' },
  UNTIL: {
    pattern: /^\d{8}(?:T\d{6}Z?)?$/,
    expected: 'a date such as 20261231, or a time such as 20261231T180000 or 20261231T170000Z',
  },
  BYSECOND: { pattern: upTo('[0-9]|[1-5][0-9]'), expected: 'seconds from 0 to 59' },
  BYMINUTE: { pattern: upTo('[0-9]|[1-5][0-9]'), expected: 'minutes from 0 to 59' },
  BYHOUR: { pattern: upTo('[0-9]|1[0-9]|2[0-3]'), expected: 'hours from 0 to 23' },
  BYDAY: {
    pattern: list(`(?:[+-]?[1-9]\\d?)?${weekday}`),
    expected: 'days out of MO, TU, WE, TH, FR, SA and SU, such as MO,TU or -1FR',
  },
  BYMONTHDAY: { pattern: signed('[1-9]|[12][0-9]|3[01]'), expected: 'days from 1 to 31 or from -31 to -1' },
  BYYEARDAY: {
    pattern: signed('[1-9]|[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6]'),
    expected: 'days from 1 to 366 or from -366 to -1',
  },
  BYWEEKNO: { pattern: signed('[1-9]|[1-4][0-9]|5[0-3]'), expected: 'weeks from 1 to 53 or from -53 to -1' },
  BYMONTH: { pattern: upTo('[1-9]|1[0-2]'), expected: 'months from 1 to 12' },
  BYSETPOS: {
    pattern: signed('[1-9]|[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6]'),
    expected: 'positions from 1 to 366 or from -366 to -1',
  },
  WKST: { pattern: new RegExp(`^${weekday}$`), expected: 'one of MO, TU, WE, TH, FR, SA and SU' },
};

export type ParsedRRule =
  { readonly ok: true; readonly parts: RRuleParts } | { readonly ok: false; readonly problem: string };

export function parseRRule(written: string): ParsedRRule {
  const found = new Map<string, string>();
  for (const part of written
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .split(';')) {
    const [name = '', value = '', ...more] = part.split('=');
    const known = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (known === undefined) {
      const names = Object.keys(parts);
      return wrong(`has an unknown part "${name}".${didYouMean(name, names)} Parts: ${names.join(', ')}.`);
    }
    if (found.has(name)) return wrong(`has ${name} twice. Join the values with commas.`);
    if (!known.pattern.test(value) || more.length > 0) {
      return wrong(`${name} must be ${known.expected}, not "${[value, ...more].join('=')}"`);
    }
    found.set(name, value);
  }
  if (!found.has('FREQ')) return wrong('needs FREQ, for example FREQ=WEEKLY;BYDAY=MO;BYHOUR=9');
  if (found.has('COUNT') && found.has('UNTIL')) return wrong('has COUNT and UNTIL. Use one of them.');
  return { ok: true, parts: found };
}

function wrong(problem: string): ParsedRRule {
  return { ok: false, problem };
}

/**
 * Occurrences on the wall's clock, as local times (see `wall-clock.ts`): the clocks' changes are none of
 * the rule's business. `first` and `until` are local times, too.
 */
export interface Recurrence {
  /** Starts from `from` to `to`, both included, in order. */
  startsBetween(from: number, to: number): readonly number[];
  /** The first `count` starts; fewer where the rule ends before. */
  firstStarts(count: number): readonly number[];
}

/** Throws an `Error` with the library's words for what only makes no sense as a whole. */
export function recurrence(parts: RRuleParts, first: number, until: number | undefined): Recurrence {
  const limited = new Map(parts);
  if (until !== undefined) limited.set('UNTIL', `${compact(until)}Z`);
  const text = [...limited].map(([name, value]) => `${name}=${value}`).join(';');
  const rule = new RRuleTemporal({
    rruleString: `DTSTART;TZID=UTC:${compact(first)}\nRRULE:${text}`,
    strict: true,
  });
  return {
    startsBetween: (from, to) =>
      rule.between(new Date(from), new Date(to), true).map(({ epochMilliseconds }) => epochMilliseconds),
    firstStarts: (count) =>
      rule.all((_, index) => index < count).map(({ epochMilliseconds }) => epochMilliseconds),
  };
}

/** `20261231T180000`. */
function compact(local: number): string {
  return new Date(local).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
}
