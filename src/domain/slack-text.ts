/** Turns any text into `mrkdwn` that Slack shows literally and accepts whole: nothing in it mentions people or channels. */

/** Slack refuses to update a message with more characters than this (posting allows ten times more). */
export const longestSlackText = 4_000;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Escapes what Slack reads as control characters, joins the lines of a line, and cuts what is too long with `…`. */
export function slackText(...lines: readonly string[]): string {
  const text = lines.map((line) => line.replace(/\s+/g, ' ').trim()).join('\n');
  const characters = [...text].map((character) => escapes[character] ?? character);
  const whole = characters.join('');
  if (whole.length <= longestSlackText) return whole;
  let cut = '';
  for (const character of characters) {
    if (cut.length + character.length >= longestSlackText) break;
    cut += character;
  }
  return `${cut}…`;
}
