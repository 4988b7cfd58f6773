/** Values that look secret, taken out of an object before it is stored. */
import { redact, removed } from '../../domain/redact.ts';

/** Unlike the mark in texts that people read: what is applied again has to be told from it. */
export const redacted = '(redacted by fairway)';

const secretName = /pass(word|wd|phrase)?|pwd|token|secret|key|credential|auth|cookie|dsn|private|cert/i;
/** `--password=…`, `DB_TOKEN=…` within a command line. */
const assignment =
  /((?:^|[\s"'])-{0,2}[\w.-]*(?:password|passwd|token|secret|key|credential)[\w.-]*[=:]\s*)(?:"[^"]*"|'[^']*'|\S+)/gi;
/** `--password …` with its value as the next argument. */
const secretFlag = /^-{1,2}[\w-]*(?:password|passwd|token|secret|key|credential)[\w-]*$/i;

/**
 * A copy without secret values: literal `value`s of named things (environment variables, probe
 * headers) whose name looks secret, secrets on command lines, and in any text what looks like one by
 * itself: passwords inside URLs and settings, keys, and tokens as their issuers mark them.
 */
export function redactSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redactSecrets);
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? redactText(value) : value;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(fields).map(([field, inner]) => {
      if (field === 'value' && isSecretName(fields['name']) && typeof inner === 'string' && inner !== '') {
        return [field, redacted];
      }
      if ((field === 'command' || field === 'args') && Array.isArray(inner))
        return [field, redactCommand(inner)];
      return [field, redactSecrets(inner)];
    }),
  );
}

export function isSecretName(name: unknown): boolean {
  return typeof name === 'string' && secretName.test(name);
}

function redactCommand(words: readonly unknown[]): readonly unknown[] {
  return words.map((word, index) => {
    if (typeof word !== 'string') return word;
    const before = words[index - 1];
    if (typeof before === 'string' && secretFlag.test(before)) return redacted;
    return marked(redact(word).replaceAll(assignment, `$1${removed}`));
  });
}

function redactText(text: string): string {
  return marked(redact(text));
}

function marked(text: string): string {
  return text.replaceAll(removed, redacted);
}
