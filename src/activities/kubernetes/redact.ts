/** Values that look secret, taken out of an object before it is stored. */

export const redacted = '(redacted by fairway)';

const secretName = /pass(word|wd|phrase)?|pwd|token|secret|key|credential|auth|cookie|dsn|private|cert/i;
/** A password inside a URL: `postgres://user:password@host`. */
const urlPassword = /([a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:)[^@\s]+@/gi;
/** `--password=…`, `DB_TOKEN=…` within a command line. */
const assignment =
  /((?:^|[\s"'])-{0,2}[\w.-]*(?:password|passwd|token|secret|key|credential)[\w.-]*[=:]\s*)(?:"[^"]*"|'[^']*'|\S+)/gi;
/** `--password …` with its value as the next argument. */
const secretFlag = /^-{1,2}[\w-]*(?:password|passwd|token|secret|key|credential)[\w-]*$/i;

/**
 * A copy without secret values: literal `value`s of named things (environment variables, probe
 * headers) whose name looks secret, passwords inside URLs, and secrets on command lines.
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
    return redactText(word).replaceAll(assignment, `$1${redacted}`);
  });
}

function redactText(text: string): string {
  return text.replaceAll(urlPassword, `$1${redacted}@`);
}
