/**
 * PromQL with placeholders. What is put in is escaped for where it stands: in a string, in the regular
 * expression of `=~` and `!~`, or outside of both.
 */

/** What one track puts in. Pod names are put in as a regular expression that matches them and no others. */
export interface QueryValues {
  /** The pods' label `fairway.dev/track`: `canary` or `green`, and empty for the target's own pods. */
  readonly track: string;
  readonly namespace: string;
  readonly service: string;
  readonly deployment: string;
  readonly pods: readonly string[];
  readonly windowSeconds: number;
}

export type RenderedQuery =
  { readonly ok: true; readonly query: string } | { readonly ok: false; readonly problem: string };

const placeholders = ['track', 'namespace', 'service', 'deployment', 'pods', 'window'] as const;
type Placeholder = (typeof placeholders)[number];

export function renderQuery(template: string, values: QueryValues): RenderedQuery {
  let query = '';
  for (const piece of piecesOf(template)) {
    if (piece.kind === 'text') query += piece.text;
    else {
      const put = putIn(piece, values);
      if (!put.ok) return { ok: false, problem: `${put.problem}, in ${template}` };
      query += put.query;
    }
  }
  return { ok: true, query };
}

/** What is wrong with a template, whatever the target; `undefined` when nothing is. */
export function queryProblem(template: string): string | undefined {
  const values = { namespace: 'n', service: 's', windowSeconds: 60 };
  const candidate = renderQuery(template, {
    ...values,
    track: 'canary',
    deployment: 'd-canary',
    pods: ['c'],
  });
  const stable = renderQuery(template, { ...values, track: '', deployment: 'd', pods: ['d'] });
  if (!candidate.ok) return candidate.problem;
  if (!stable.ok) return stable.problem;
  return candidate.query === stable.query
    ? `the query reads the same for both tracks: it needs {{pods}}, {{track}} or {{deployment}}, in ${template}`
    : undefined;
}

const unitSeconds: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** Seconds that the query looks back for each of its values: its longest range, 0 without one. */
export function lookBackSeconds(query: string): number {
  const ranges = [...query.matchAll(/\[\s*((?:\d+(?:ms|[smhdwy]))+)\s*(?::[^\]]*)?\]/g)];
  return Math.max(0, ...ranges.map(([, range = '']) => durationSeconds(range)));
}

function durationSeconds(text: string): number {
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ''] ?? 0),
    0,
  );
}

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'placeholder'; readonly name: string; readonly place: Place };

interface Place {
  /** The quote that the string began with; `undefined` outside of strings. */
  readonly quote: string | undefined;
  /** In the value of `=~` or `!~`. */
  readonly isRegex: boolean;
}

const tokens = /\{\{\s*(\w+)\s*\}\}|\\[\s\S]|["'`]|[=!]~\s*(?=["'`])|#[^\n]*|[\s\S]/g;

/** Follows strings, escapes and comments, so that a quote is known for what it is. */
function* piecesOf(template: string): Generator<Piece> {
  let quote: string | undefined;
  let isRegex = false;
  for (const [token, name] of template.matchAll(tokens)) {
    if (name !== undefined) {
      yield { kind: 'placeholder', name, place: { quote, isRegex } };
      continue;
    }
    if (quote === undefined) {
      if (/^["'`]$/.test(token)) quote = token;
      else isRegex = /^[=!]~/.test(token);
      // A comment is left out: what it holds is nobody's value.
      if (token.startsWith('#')) continue;
      yield { kind: 'text', text: token };
      continue;
    }
    if (quote === '`' && token.startsWith('\\')) {
      // Nothing is escaped in backquotes, the quote itself included.
      if (token[1] === '`') quote = undefined;
    } else if (token === quote) quote = undefined;
    if (quote === undefined) isRegex = false;
    yield { kind: 'text', text: token };
  }
}

function putIn({ name, place }: Extract<Piece, { kind: 'placeholder' }>, values: QueryValues): RenderedQuery {
  if (!isPlaceholder(name)) {
    return { ok: false, problem: `there is no {{${name}}}: there are ${placeholders.join(', ')}` };
  }
  if (name === 'pods') {
    if (!place.isRegex)
      return { ok: false, problem: '{{pods}} is a regular expression and stands after =~ or !~' };
    return { ok: true, query: inString(podsPattern(values.pods), place) };
  }
  const value = name === 'window' ? `${values.windowSeconds}s` : values[name];
  if (place.quote !== undefined) {
    return { ok: true, query: inString(place.isRegex ? regexEscaped(value) : value, place) };
  }
  return /^\w+$/.test(value)
    ? { ok: true, query: value }
    : { ok: false, problem: `{{${name}}} stands outside of a string, where "${value}" cannot` };
}

function isPlaceholder(name: string): name is Placeholder {
  return placeholders.some((known) => known === name);
}

/** No pod has the name `-`, so that no pods match nothing; an empty pattern would match what has no pod. */
function podsPattern(pods: readonly string[]): string {
  return pods.length === 0 ? '-' : pods.map(regexEscaped).join('|');
}

function regexEscaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** Escapes that mean the same in both kinds of quotes. Backquoted strings take all but a backquote as it is. */
function inString(text: string, { quote }: Place): string {
  if (quote === '`') return text.replaceAll('`', '');
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\x22')
    .replaceAll("'", '\\x27')
    .replaceAll('\n', '\\n');
}
