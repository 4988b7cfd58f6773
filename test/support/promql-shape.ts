/** What can be told of a PromQL query without evaluating it; the words are close to Prometheus' own. */

const escape = /^\\(?:[abfnrtv\\]|x[0-9a-fA-F]{2}|[0-7]{3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/;
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Why Prometheus would refuse to parse the query; `undefined` when nothing is wrong as far as can be told. */
export function promqlProblem(query: string): string | undefined {
  if (query.trim() === '') return 'unknown position: parse error: no expression found in input';
  const open: string[] = [];
  let bare = '';
  for (let at = 0; at < query.length; at += 1) {
    const character = query[at] ?? '';
    if (`"'\``.includes(character)) {
      const isRegex = /[=!]~\s*$/.test(query.slice(0, at));
      const string = readString(query, at);
      if (string === undefined) return 'parse error: unterminated quoted string';
      if (string.problem !== undefined) return `parse error: ${string.problem}`;
      if (isRegex && !compiles(string.value)) return `error parsing regexp: ${string.value}`;
      bare += '""';
      at = string.end;
      continue;
    }
    bare += character;
    if (closing[character] !== undefined) open.push(closing[character]);
    if (')]}'.includes(character) && open.pop() !== character)
      return `parse error: unexpected "${character}"`;
  }
  if (open.length > 0) return `parse error: unclosed, expected "${open.at(-1) ?? ''}"`;
  return matcherProblem(bare) ?? rangeProblem(bare);
}

function readString(query: string, start: number) {
  const quote = query[start] ?? '';
  let value = '';
  for (let at = start + 1; at < query.length; at += 1) {
    const character = query[at] ?? '';
    if (character === quote) return { value, end: at };
    if (character === '\n' && quote !== '`') return undefined;
    if (character === '\\' && quote !== '`') {
      const next = query[at + 1] ?? '';
      const known = next === quote ? `\\${quote}` : escape.exec(query.slice(at))?.[0];
      if (known === undefined) return { value, end: at, problem: `unknown escape sequence \\${next}` };
      value += known === '\\\\' ? '\\' : known;
      at += known.length - 1;
      continue;
    }
    value += character;
  }
  return undefined;
}

function compiles(pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`) instanceof RegExp;
  } catch {
    return false;
  }
}

/** `{name="", other=~""}`, also with a comma at the end. */
function matcherProblem(bare: string): string | undefined {
  const matcher = /^\s*[a-zA-Z_]\w*\s*(?:=~|!~|!=|=)\s*""\s*$/;
  for (const [, inside = ''] of bare.matchAll(/\{([^}]*)\}/g)) {
    const parts = inside.split(',').filter((part) => part.trim() !== '');
    const wrong = parts.find((part) => !matcher.test(part));
    if (wrong !== undefined) return `parse error: unexpected "${wrong.trim()}" in label matching`;
  }
  return undefined;
}

function rangeProblem(bare: string): string | undefined {
  for (const [, inside = ''] of bare.matchAll(/\[([^\]]*)\]/g)) {
    const range = inside.split(':')[0]?.trim() ?? '';
    if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(range)) return `parse error: bad duration "${range}"`;
    if (!/[1-9]/.test(range)) return 'parse error: duration must be greater than 0';
  }
  return undefined;
}
