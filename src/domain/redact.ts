/**
 * Removes what looks like a secret from text that people will read: log lines, answers of
 * servers, errors of tools. Errs on the side of removing. Redact before shortening: a secret cut
 * in half is no longer recognised.
 */

/** What stands in a secret's place. */
export const removed = '[redacted]';

const secretName = String.raw`[\w.-]{0,40}(?:passw(?:or)?d|passphrase|pwd|secret|token|credential|api[-_.]?key|access[-_.]?key|private[-_.]?key|signing[-_.]?key|encryption[-_.]?key|auth[-_.]?key|cookie|session[-_.]?id|signature|\bsig\b|\bdsn\b)[\w.-]{0,40}`;

const quotedValue = String.raw`"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.|'')*'?`;

const rules: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, removed],
  // scheme://user:password@host, also with an empty user; the password may itself hold a slash or an @.
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'<>@]*:[^\s"'<>]*@/gi, `$1${removed}@`],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'<>@]+@/gi, `$1${removed}@`],
  [
    /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|digest|token|negotiate)\s+)?[^\s"',;]+/gi,
    `$1${removed}`,
  ],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/-]{8,}=*/gi, `$1 ${removed}`],
  // A header's value runs to the end of its line.
  [/\b((?:set-)?cookie\s*:\s*)[^\n]+/gi, `$1${removed}`],
  [
    new RegExp(
      String.raw`(\\?["']?\b${secretName}\\?["']?\s*(?:=>|[:=])\s*)(?!\[redacted\])(?:\\"[^"\\]*\\"|${quotedValue}|[^\s,;&}\])"']+)`,
      'gi',
    ),
    `$1${removed}`,
  ],
  // JSON Web Tokens.
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?/g, removed],
  // Tokens that their issuer marks: GitHub, GitLab, Slack, AWS, Google, npm, Stripe and others of the `sk_` family.
  [
    /\b(?:gh[pousr]_|github_pat_|glpat-|xox[a-z]-|AKIA|ASIA|AIza|npm_|(?:sk|pk|rk)_(?:live|test|ant|proj)?[-_]?)[A-Za-z0-9_-]{10,}/g,
    removed,
  ],
  // With a capital somewhere: `pk-orders-server` may be the name of a Deployment.
  [/\b(?:xapp|sk|pk|rk)-(?=[a-z0-9_-]*[A-Z])[A-Za-z0-9_-]{10,}/g, removed],
];

export function redact(text: string): string {
  return rules.reduce((current, [pattern, replacement]) => current.replace(pattern, replacement), text);
}

/** Characters looked at to make an excerpt: more would be slow, and is never shown. */
const maxExcerptInput = 8 * 1024;

/** One line of at most `limit` characters, without secrets. */
export function excerpt(text: string, limit: number): string {
  const line = redact(text.slice(0, maxExcerptInput)).replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
}
