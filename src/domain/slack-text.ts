/** Turns any text into one line that Slack shows literally and accepts whole. */

/** Slack refuses to update a message with more characters than this (posting allows ten times more). */
export const longestSlackText = 4_000;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Escapes what Slack reads as control characters, joins lines, and cuts what is too long with `…`. */
export function slackText(text: string): string {
  const characters = [...text.replace(/\s+/g, ' ').trim()].map(
    (character) => escapes[character] ?? character,
  );
  const line = characters.join('');
  if (line.length <= longestSlackText) return line;
  let cut = '';
  for (const character of characters) {
    if (cut.length + character.length >= longestSlackText) break;
    cut += character;
  }
  return `${cut}…`;
}
