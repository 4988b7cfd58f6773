/** The text, cut between characters to at most so many bytes of UTF-8, which is how the server counts. */
export function shortened(text: string, maxBytes: number): string {
  const encoder = new TextEncoder();
  if (encoder.encode(text).length <= maxBytes) return text;
  const room = maxBytes - encoder.encode('…').length;
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    bytes += encoder.encode(character).length;
    if (bytes > room) break;
    kept += character;
  }
  return `${kept}…`;
}
