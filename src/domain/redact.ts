/**
 * Removes what looks like a secret from text that people will read: log lines, answers of
 * servers, errors of tools. Errs on the side of removing. Redact before shortening: a secret cut
 * in half is no longer recognised.
 */

/** What stands in a secret's place. */
export const removed = '[redacted]';

/** A word in `db.pass` and `SMTP_PASS`; a `by-pass` or a `first_pass` is none. */
const passName = String.raw`(?<!\b(?:by|low|high|band|first|second|last|single|multi|one|two))[_.-]pass\b`;

/** Keys that open something; a `sort_key` or a `topologyKey` opens nothing. */
const openingKey = String.raw`(?:api|access|private|signing|encryption|auth|master|stripe|shared|storage|account|license|licence|hmac|jwt|deploy|subscription|webhook)[-_.]?key`;

const secretName = String.raw`[\w.-]{0,40}(?:passw(?:or)?d|passphrase|pwd|${passName}|secret|token|credential|${openingKey}|cookie|session[-_.]?id|signature|\bsig\b|\bdsn\b)[\w.-]{0,40}`;

/** As people write them in sentences: `invalid API key: …`, `Incorrect API key provided: …`. */
const spokenName = String.raw`(?:api|access|private|secret|signing|encryption|auth|master|license|licence)\s(?:access\s)?key(?:\s(?:provided|supplied|given|received|used))?`;

/** What such a sentence goes on with when it does not tell the key. */
const noSecret = String.raw`(?:open|read|load(?:ing)?|no|not|none|null|missing|invalid|empty|required|permission|access|failed|cannot|could|unable|unknown|unsupported|expired|revoked|is|was|must|the|x509|tls|asn1|pem|error|file|stat)\b`;

/** Environment variables that end so, but for those that name a place in a table. */
const keyVariable = String.raw`(?!(?:\w*_)?(?:SORT|PRIMARY|FOREIGN|PARTITION|CACHE|PUBLIC|TOPOLOGY|INDEX|UNIQUE|GROUP|SHARD|DUPLICATE|ROW|MAP|OBJECT|LOOKUP|FIELD|ORDER|LABEL|IDEMPOTENCY)_KEY\b)[A-Z][A-Z0-9_]{0,60}_KEY\b`;

const quotedValue = String.raw`"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.|'')*'?`;

const value = String.raw`(?!\[redacted\])(?:\\"[^"\\]*\\"|${quotedValue}|[^\s,;&}\])"']+)`;

/** Name, sign and value, as assignments, headers and JSON write them. */
function assigned(name: string, flags: string, unless = ''): RegExp {
  return new RegExp(String.raw`(\\?["']?\b${name}\\?["']?\s*(?:=>|[:=])\s*)${unless}${value}`, flags);
}

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
  [assigned(secretName, 'gi'), `$1${removed}`],
  [assigned(keyVariable, 'g'), `$1${removed}`],
  [assigned(spokenName, 'gi', `(?!${noSecret})`), `$1${removed}`],
  [
    /\b((?:using|with)\s(?:the\s)?passw(?:or)?d\s)(?!\[redacted\]|(?:auth\w*|from|file|in|for|reset|policy|hash\w*|and|or|is|was|of|login|grant|based|manager|rotation|protection)\b)["']?[^\s,;)"']+["']?/gi,
    `$1${removed}`,
  ],
  // Go's form of an address: user:password@tcp(host:3306)/name.
  [/\b[\w.-]{1,64}:[^\s"']{1,256}@(?=(?:tcp|udp|unix)[46]?\()/g, `${removed}@`],
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
