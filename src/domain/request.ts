/**
 * What people type after `--input`. Parsed by hand: this runs inside the workflow sandbox,
 * where a schema library would cost a megabyte.
 */
import type { TargetRef, UpdateMethod } from './target.ts';
import { isVersion, normaliseVersion } from './version.ts';

export interface StandardDeploymentRequest extends TargetRef {
  readonly version: string;
  readonly requestedBy?: string;
  /** Release even when the target already runs this version. */
  readonly force: boolean;
  /** Overrides the service's own `update`. */
  readonly update?: UpdateMethod;
}

export interface VerificationRequest extends TargetRef {
  /** Expected version; what the Deployment says when absent. */
  readonly version?: string;
}

export type Parsed<T> =
  { readonly ok: true; readonly request: T } | { readonly ok: false; readonly problems: readonly string[] };

/** Kubernetes' RFC 1123 label: the names in `fairway.yaml` follow it, and so do workflow IDs made from them. */
const namePattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const maxPersonLength = 200;

export function parseStandardDeploymentRequest(input: unknown): Parsed<StandardDeploymentRequest> {
  const fields = new Fields(input, ['service', 'environment', 'version', 'requestedBy', 'force', 'update'], {
    strategy: 'standard',
  });
  return fields.finish(() => ({
    ...targetRef(fields),
    version: fields.version('version') ?? fields.missing('version', '"4.1.0"'),
    ...optional('requestedBy', fields.text('requestedBy', maxPersonLength)),
    force: fields.flag('force') ?? false,
    ...optional('update', fields.oneOf<UpdateMethod>('update', ['image', 'helm'])),
  }));
}

export function parseVerificationRequest(input: unknown): Parsed<VerificationRequest> {
  const fields = new Fields(input, ['service', 'environment', 'version']);
  return fields.finish(() => ({ ...targetRef(fields), ...optional('version', fields.version('version')) }));
}

function targetRef(fields: Fields): TargetRef {
  return {
    service: fields.name('service') ?? fields.missing('service', '"checkout"'),
    environment: fields.name('environment') ?? fields.missing('environment', '"staging"'),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}

/** Reads typed fields out of an unknown object and collects every problem. */
class Fields {
  private readonly problems: string[] = [];
  private readonly values: Readonly<Record<string, unknown>>;

  /** `fixed`: keys that are accepted with one value only, so that one input fits several workflow types. */
  constructor(input: unknown, known: readonly string[], fixed: Readonly<Record<string, string>> = {}) {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      this.values = {};
      this.problems.push(`the input must be one JSON object, got ${describe(input)}`);
      return;
    }
    this.values = input as Record<string, unknown>;
    const allowed = [...known, ...Object.keys(fixed)];
    for (const key of Object.keys(this.values)) {
      if (!allowed.includes(key))
        this.problems.push(`unknown field "${key}"; the fields are ${allowed.join(', ')}`);
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
    if (this.problems[0]?.startsWith('the input must')) return { ok: false, problems: this.problems };
    const request = build();
    return this.problems.length === 0 ? { ok: true, request } : { ok: false, problems: this.problems };
  }

  /** Records a missing field; the empty string never leaves `finish`. */
  missing(key: string, example: string): string {
    if (this.values[key] === undefined)
      this.problems.push(`"${key}" is missing; for example "${key}": ${example}`);
    return '';
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
    this.wrong(key, 'true or false', value);
    return undefined;
  }

  oneOf<T extends string>(key: string, allowed: readonly T[]): T | undefined {
    const value = this.values[key];
    if (value === undefined) return undefined;
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) this.wrong(key, `one of ${allowed.join(', ')}`, value);
    return found;
  }

  private string(key: string): string | undefined {
    const value = this.values[key];
    if (value === undefined || typeof value === 'string') return value;
    this.wrong(key, 'a text in double quotes', value);
    return undefined;
  }

  private wrong(key: string, expected: string, value: unknown): undefined {
    this.problems.push(`"${key}" must be ${expected}, got ${describe(value)}`);
    return undefined;
  }
}

/** A short, bounded rendering of a value for a message. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
