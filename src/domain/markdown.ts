/**
 * Text from elsewhere inside our own markdown. The Temporal UI would otherwise make `<nil>` vanish,
 * `--name` a dash, `3/3` a fraction, and turn the quotes of a JSON document or a command into curly ones.
 */

/** JSON, also in the quotes of a shell, up to one object inside another. */
const json = /('?\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}'?)/;

/** The text as it stands, on one line; JSON is set as code, which keeps it fit to copy. */
export function literal(text: string): string {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .split(json)
    .map((part, i) => (i % 2 === 1 ? code(part) : escaped(part)))
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
function code(text: string): string {
  return text.includes('`') || text.includes('|') ? escaped(text) : `\`${text}\``;
}

function escaped(text: string): string {
  return (
    text
      .replace(/[\\`*_[\]<>~$|&]/g, '\\$&')
      .replace(/--/g, '\\-\\-')
      // A word joiner: invisible, here and where the markdown is read as text.
      .replace(/(\d)\/(?=\d)/g, '$1\u2060/')
      .replace(/^(\d*)([#+.-])(?=\s)/, '$1\\$2')
  );
}
