/**
 * Text from elsewhere inside our own markdown. The Temporal UI would otherwise make `<nil>` vanish,
 * `--name` a dash, `3/3` a fraction, and turn the quotes of a JSON document or a command into curly ones.
 */

/** A word joiner: invisible, and nothing breaks at it. */
const joiner = '\u2060';

/** JSON, also in the quotes of a shell, up to one object inside another. */
const json = /('?\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}'?)/;

/** The text as it stands, on one line; JSON is set as code, which keeps it fit to copy. */
export function literal(text: string): string {
  return written(text, escaped);
}

/**
 * As `literal`, for a code host: nothing in it calls a person (`@name`) or a team, or turns up in another
 * ticket (`#12`). E-mail addresses stay fit to copy.
 */
export function unheard(text: string): string {
  return written(text, (part) => escaped(uncalling(part)));
}

/** The same, for what is no markdown, such as a title. */
export function uncalling(text: string): string {
  // A code host looks for names after it has read the markdown, so that a backslash would not help.
  return text
    .replace(/(?<![A-Za-z0-9_])@/g, `@${joiner}`)
    .replace(/#(?=\d)/g, `#${joiner}`)
    .replace(/\b(gh-)(?=\d)/gi, `$1${joiner}`);
}

/** One value, such as the name of an image, as code where that is possible. */
export function value(text: string): string {
  return text === '' || /\s/.test(text) ? unheard(text) : code(text, unheard);
}

function written(text: string, words: (part: string) => string): string {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .split(json)
    .map((part, i) => (i % 2 === 1 ? code(part, words) : words(part)))
    .join('');
}

/** A table, its head first. Cells are markdown already. The UI puts no room between columns. */
export function table(head: readonly string[], ...rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join('\u00a0 | ')} |`;
  return [line(head), `|${head.map(() => ':---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Words that must not be parted at the end of a line. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

/** A pipe would end the cell, in code too. */
function code(text: string, otherwise: (text: string) => string): string {
  return text.includes('`') || text.includes('|') ? otherwise(text) : `\`${text}\``;
}

function escaped(text: string): string {
  return (
    text
      .replace(/[\\`*_[\]<>~$|&]/g, '\\$&')
      .replace(/--/g, '\\-\\-')
      // Here and where the markdown is read as text.
      .replace(/(\d)\/(?=\d)/g, `$1${joiner}/`)
      .replace(/^(\d*)([#+.-])(?=\s)/, '$1\\$2')
  );
}
