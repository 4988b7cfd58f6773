/** A moment as people read it: `2026-02-03 10:00 UTC`. `iso` is ISO 8601 (UTC). */
export function minuteWords(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
