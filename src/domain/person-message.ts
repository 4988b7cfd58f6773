/** Messages from people: `{"by": "name", "reason": "text"}`, some with a field or two of their own. */
import { normaliseIdentity } from './identity.ts';

export type MessageName =
  'approve' | 'revoke' | 'reject' | 'attest' | 'override' | 'abort' | 'promote' | 'pause' | 'resume';

export interface PersonMessage {
  readonly by: string;
  readonly reason?: string;
  /** Of `approve`: the digest of the plan that was read, or how it begins. */
  readonly plan?: string;
  /** Of `approve`, `revoke`, `reject`, `attest` and `override`: kept and not judged yet. */
  readonly signature?: string;
  /** Of `attest`: name of a checklist item, and where its proof is. */
  readonly item?: string;
  readonly link?: string;
  /** Of `override`: what is let go. */
  readonly what?: 'window' | 'promotion';
  /** Of `promote`: to the end, without further waits. */
  readonly full?: boolean;
}

export type ParsedMessage =
  { readonly ok: true; readonly message: PersonMessage } | { readonly ok: false; readonly problem: string };

type Field = Exclude<keyof PersonMessage, 'by'>;

interface Shape {
  readonly required: readonly Field[];
  readonly optional: readonly Field[];
  /** Fields that nobody knows are refused: a misspelt one must not weaken a yes. A no is always heard. */
  readonly strict: boolean;
}

/** The fields of each message besides `by`. */
export const messageShapes: Readonly<Record<MessageName, Shape>> = {
  approve: { required: [], optional: ['plan', 'reason', 'signature'], strict: true },
  revoke: { required: [], optional: ['reason', 'signature'], strict: false },
  reject: { required: [], optional: ['reason', 'signature'], strict: false },
  attest: { required: ['item'], optional: ['link', 'reason', 'signature'], strict: true },
  override: { required: ['what', 'reason'], optional: ['signature'], strict: true },
  abort: { required: [], optional: ['reason'], strict: false },
  promote: { required: [], optional: ['full', 'reason'], strict: true },
  pause: { required: [], optional: ['reason'], strict: false },
  resume: { required: [], optional: ['reason'], strict: false },
};

/** A value of each field, for examples in messages. */
const examples: Readonly<Record<Field, string>> = {
  reason: '"why"',
  plan: '"3f7a0c12"',
  signature: '"…"',
  item: '"securityScan"',
  link: '"https://ci.example.com/1"',
  what: '"window"',
  full: 'true',
};

const overridable = ['window', 'promotion'] as const;
const maxLength = 500;
const maxIdentityLength = 200;

export function parsePersonMessage(name: MessageName, input: unknown): ParsedMessage {
  const example = exampleOf(name);
  const wrong = (problem: string): ParsedMessage => ({ ok: false, problem: `${problem}, as in ${example}` });
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { ok: false, problem: `expected one JSON object such as ${example}` };
  }
  const fields = input as Readonly<Record<string, unknown>>;
  const { by } = fields;
  if (typeof by !== 'string' || normaliseIdentity(by) === '') {
    return { ok: false, problem: `"by" must say who you are, as in ${example}` };
  }
  if (by.length > maxIdentityLength) return wrong(`"by" must be at most ${maxIdentityLength} characters`);
  const { required, optional, strict } = messageShapes[name];
  const known: readonly string[] = ['by', ...required, ...optional];
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (strict && unknown !== undefined) {
    return wrong(`unknown field ${shown(unknown)}; the fields of "${name}" are ${known.join(', ')}`);
  }
  const message: Record<string, unknown> = { by: by.toWellFormed().trim() };
  for (const field of [...required, ...optional]) {
    const read = readField(field, fields[field]);
    if (typeof read === 'object') return wrong(read.problem);
    if (read === undefined && required.includes(field)) return wrong(`"${field}" is missing`);
    if (read !== undefined) message[field] = read;
  }
  return { ok: true, message: message as unknown as PersonMessage };
}

/** As a person would type it. */
export function exampleOf(name: MessageName): string {
  const { required } = messageShapes[name];
  const extra =
    required.includes('reason') || name === 'approve' ? required : [...required, 'reason' as const];
  return `{${['"by": "you@example.com"', ...extra.map((field) => `"${field}": ${examples[field]}`)].join(', ')}}`;
}

function readField(
  field: Field,
  value: unknown,
): string | boolean | undefined | { readonly problem: string } {
  if (value === undefined) return undefined;
  if (field === 'full') {
    return typeof value === 'boolean' ? value : { problem: '"full" must be true or false' };
  }
  if (typeof value !== 'string') return { problem: `"${field}" must be a text` };
  const text = value.toWellFormed().trim();
  switch (field) {
    case 'what':
      return overridable.some((known) => known === text)
        ? text
        : { problem: `"what" must be one of ${overridable.join(', ')}` };
    case 'link':
      return text === '' || /^https?:\/\/\S+$/.test(text)
        ? orNothing(text)
        : { problem: '"link" must be an address that starts with https://' };
    case 'plan':
    case 'item':
    case 'signature':
    case 'reason':
      return orNothing(text.slice(0, maxLength));
  }
}

function orNothing(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function shown(key: string): string {
  return JSON.stringify(key.length > 40 ? `${key.slice(0, 39)}…` : key);
}

/** `aborted by ana@example.com: wrong version`. */
export function abortedWords({ by, reason }: PersonMessage): string {
  return `aborted by ${by}${reason === undefined ? '' : `: ${reason}`}`;
}
