import { z } from 'zod';
import { expecting } from './expecting.ts';

const written = /^(?=\d)(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?$/;

/** A length of time written `30s`, `10m`, `1h` or `1h30m`; parsed to seconds. */
export function duration(bounds: { readonly from: string; readonly to: string }) {
  const expected = expecting(`a time from ${bounds.from} to ${bounds.to}, written like 30s, 10m or 1h30m`);
  return z
    .string(expected)
    .regex(written, { ...expected, abort: true })
    .refine((text) => seconds(text) >= seconds(bounds.from) && seconds(text) <= seconds(bounds.to), expected)
    .meta({ examples: [bounds.from, bounds.to] })
    .transform(seconds);
}

function seconds(text: string): number {
  const [, hours = '0', minutes = '0', rest = '0'] = written.exec(text) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
}
