/** Keeps the values of a release out of texts that people read. */

export type Redact = (text: string) => string;

const withheld = '[withheld]';
const secretName = /pass|secret|token|key|credential|auth|dsn|cert|private/i;
/** Shorter ones are words such as `info` or `3`: withholding them would hide the error itself. */
const minLength = 6;
const minSecretLength = 3;

/** `scheme://user:password@host` and bearer tokens, wherever they come from. */
const patterns = [/(?<=\/\/)[^\s/@:]*:[^\s/@]+(?=@)/g, /(?<=\bbearer\s+)[\w.~+/=-]{8,}/gi];

/**
 * Withholds every string of `values` (as the user supplied them), as it is, as JSON writes it and
 * in base64; short ones only under a name that suggests a secret. `plain` are names that are no
 * secret (release, image, …) and stay readable.
 */
export function redactValues(values: unknown, plain: readonly string[]): Redact {
  const texts = [...new Set(leaves(values, false).flatMap(variants))]
    .filter((text) => !plain.includes(text))
    .sort((a, b) => b.length - a.length);
  return (text) => redactPatterns(texts.reduce((rest, secret) => rest.replaceAll(secret, withheld), text));
}

export const redactPatterns: Redact = (text) =>
  patterns.reduce((rest, pattern) => rest.replace(pattern, withheld), text);

function leaves(value: unknown, secret: boolean): readonly string[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) => leaves(inner, secret || secretName.test(name)));
  }
  if (typeof value !== 'string' && typeof value !== 'number') return [];
  const text = String(value);
  return text.length >= (secret ? minSecretLength : minLength) ? [text] : [];
}

function variants(text: string): readonly string[] {
  // An error may quote a single line of a value that has several.
  const lines = text.split('\n').filter((line) => line.trim().length >= minLength);
  return [text, JSON.stringify(text).slice(1, -1), Buffer.from(text).toString('base64'), ...lines];
}
