/**
 * How a code host reads markdown, as far as it matters for safety: code spans and backslashes are resolved, and
 * what is left is searched for names. After CommonMark and GitHub's own description of mentions.
 */

export interface ReadMarkdown {
  /** Text outside of code, as people see it; code stands there as one character that is part of no word. */
  readonly text: string;
  /** Tags and entities that would be taken as HTML. */
  readonly html: readonly string[];
  readonly mentions: readonly string[];
  readonly references: readonly string[];
}

const codeStands = '\u25a0';

export function readMarkdown(markdown: string): ReadMarkdown {
  let text = '';
  const html: string[] = [];
  for (let i = 0; i < markdown.length;) {
    const rest = markdown.slice(i);
    const [escape] = /^\\[!-/:-@[-`{-~]/.exec(rest) ?? [];
    const [ticks] = /^`+/.exec(rest) ?? [];
    const [tag] = /^(?:<[A-Za-z/!?][^>]*>|<!--|&(?:#\d+|#x[\da-f]+|\w+);)/i.exec(rest) ?? [];
    // The end of a link's text and its address, which is no text.
    const [address] = /^\]\([^\s()<>]*\)/.exec(rest) ?? [];
    const span = ticks === undefined ? undefined : codeSpan(rest, ticks);
    if (escape !== undefined) {
      text += escape.slice(1);
      i += 2;
    } else if (address !== undefined) {
      text += ']';
      i += address.length;
    } else if (ticks !== undefined) {
      text += span === undefined ? ticks : codeStands;
      i += span ?? ticks.length;
    } else {
      if (tag !== undefined) html.push(tag);
      text += rest.charAt(0);
      i += 1;
    }
  }
  return {
    text,
    html,
    mentions: [...text.matchAll(/(?:^|[^A-Za-z0-9_])@([A-Za-z0-9][A-Za-z0-9-]*)/g)].map(
      ([, name = '']) => name,
    ),
    references: [...text.matchAll(/(?:#|\bGH-)(\d+)/gi)].map(([whole]) => whole),
  };
}

/** Length of the code span that begins here; `undefined`: the backticks stand for themselves. */
function codeSpan(rest: string, ticks: string): number | undefined {
  const after = rest.slice(ticks.length);
  for (const match of after.matchAll(/`+/g))
    if (match[0].length === ticks.length) return ticks.length + match.index + ticks.length;
  return undefined;
}
