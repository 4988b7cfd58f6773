/**
 * Reads what people type after `--input`. By hand: this runs inside the workflow sandbox, where a
 * schema library would cost a megabyte.
 */
import { parseDuration } from './duration.ts';
import { isVersion, normaliseVersion } from './version.ts';

export type Parsed<T> =
  { readonly ok: true; readonly request: T } | { readonly ok: false; readonly problems: readonly string[] };

/** Kubernetes' RFC 1123 label: the names in `fairway.yaml` follow it, and so do workflow IDs made from them. */
const namePattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Reads typed fields out of an unknown object and collects every problem. */
export class Fields {
  private readonly problems: string[];
  private readonly values: Readonly<Record<string, unknown>>;
  /** Where this object stands in the input, for example `steps[0].`; empty for the input itself. */
  private readonly at: string;
  private readonly isObject: boolean;

  /** `fixed`: keys that are accepted with one value only, so that one input fits several workflow types. */
  constructor(
    input: unknown,
    known: readonly string[],
    fixed: Readonly<Record<string, string>> = {},
    within: { readonly at: string; readonly problems: string[] } = { at: '', problems: [] },
  ) {
    this.problems = within.problems;
    this.at = within.at === '' ? '' : `${within.at}.`;
    this.isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    this.values = this.isObject ? (input as Record<string, unknown>) : {};
    if (!this.isObject) {
      const what = within.at === '' ? 'the input' : `"${within.at}"`;
      this.problems.push(`${what} must be one JSON object, got ${describe(input)}`);
      return;
    }
    const allowed = [...known, ...Object.keys(fixed)];
    for (const key of Object.keys(this.values)) {
      if (!allowed.includes(key))
        this.problems.push(`unknown field "${this.at}${key}"; the fields are ${allowed.join(', ')}`);
    }
    for (const [key, only] of Object.entries(fixed)) {
      const value = this.values[key];
      if (value !== undefined && value !== only) {
        this.problems.push(`"${key}" must be "${only}" for this workflow type, got ${describe(value)}`);
      }
    }
  }

  finish<T>(build: () => T): Parsed<T> {
    // A non-object has said all there is to say.
    if (!this.isObject) return { ok: false, problems: this.problems };
    const request = build();
    return this.problems.length === 0 ? { ok: true, request } : { ok: false, problems: this.problems };
  }

  /** Records a missing field; the value never leaves `finish`. */
  missing(key: string, example: string): string {
    if (this.isObject && this.values[key] === undefined)
      this.problems.push(`"${this.at}${key}" is missing; for example "${key}": ${example}`);
    return '';
  }

  /** Records a problem of a field that no single reader sees. */
  problem(key: string, words: string): void {
    this.problems.push(`"${this.at}${key}" ${words}`);
  }

  name(key: string): string | undefined {
    const value = this.string(key);
    if (value === undefined || namePattern.test(value)) return value;
    return this.wrong(key, 'a name as in fairway.yaml (lower-case letters, digits and dashes)', value);
  }

  version(key: string): string | undefined {
    const written = this.string(key);
    if (written === undefined) return undefined;
    const version = normaliseVersion(written);
    return isVersion(version)
      ? version
      : this.wrong(key, 'a version such as "4.1.0" (an image tag)', written);
  }

  text(key: string, maxLength: number): string | undefined {
    const value = this.string(key)?.trim();
    if (value === undefined || (value.length > 0 && value.length <= maxLength)) return value;
    return this.wrong(key, `a text of 1 to ${maxLength} characters`, value);
  }

  flag(key: string): boolean | undefined {
    const value = this.values[key];
    if (value === undefined || typeof value === 'boolean') return value;
    return this.wrong(key, 'true or false', value);
  }

  integer(key: string, from: number, to: number): number | undefined {
    const value = this.values[key];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value;
    return this.wrong(key, `a whole number from ${from} to ${to}`, value);
  }

  /** Seconds, from a number of seconds or a text such as `15m`. */
  duration(key: string, maxHours: number): number | undefined {
    const value = this.values[key];
    if (value === undefined) return undefined;
    const seconds = typeof value === 'string' ? parseDuration(value) : value;
    if (Number.isInteger(seconds) && (seconds as number) >= 0 && (seconds as number) <= maxHours * 3600)
      return seconds as number;
    return this.wrong(
      key,
      `a time such as "15m" or "1h30m", or a whole number of seconds, of at most ${maxHours} hours`,
      value,
    );
  }

  oneOf<T extends string>(key: string, allowed: readonly T[]): T | undefined {
    const value = this.values[key];
    if (value === undefined) return undefined;
    const found = allowed.find((candidate) => candidate === value);
    return found ?? this.wrong(key, `one of ${allowed.join(', ')}`, value);
  }

  /** One reader for each object of a list; `undefined` when there is no list. */
  list(key: string, known: readonly string[], maxLength: number): readonly Fields[] | undefined {
    const value = this.values[key];
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || value.length === 0 || value.length > maxLength)
      return this.wrong(key, `a list of 1 to ${maxLength} objects`, value);
    return value.map(
      (item: unknown, index) =>
        new Fields(item, known, {}, { at: `${this.at}${key}[${index}]`, problems: this.problems }),
    );
  }

  /** A reader for an object inside; `undefined` when there is none. */
  object(key: string, known: readonly string[]): Fields | undefined {
    const value = this.values[key];
    if (value === undefined) return undefined;
    return new Fields(value, known, {}, { at: `${this.at}${key}`, problems: this.problems });
  }

  /** The keys that are there. */
  keys(): readonly string[] {
    return Object.keys(this.values);
  }

  private string(key: string): string | undefined {
    const value = this.values[key];
    if (value === undefined || typeof value === 'string') return value;
    return this.wrong(key, 'a text in double quotes', value);
  }

  private wrong(key: string, expected: string, value: unknown): undefined {
    this.problems.push(`"${this.at}${key}" must be ${expected}, got ${describe(value)}`);
    return undefined;
  }
}

export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}

/** A short, bounded rendering of a value for a message. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
