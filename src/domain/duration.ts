/** Lengths of time as people write them: `30s`, `15m`, `1h30m`. */

export const durationPattern = /^(?=\d)(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?$/;

/** Seconds; `undefined` for what is not a length of time. */
export function parseDuration(written: string): number | undefined {
  const match = durationPattern.exec(written);
  if (match === null) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
