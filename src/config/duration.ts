import { z } from 'zod';
import { durationPattern, parseDuration } from '../domain/duration.ts';
import { expecting } from './expecting.ts';

/** A length of time written `30s`, `10m`, `1h` or `1h30m`; parsed to seconds. */
export function duration(bounds: { readonly from: string; readonly to: string }) {
  const expected = expecting(`a time from ${bounds.from} to ${bounds.to}, written like 30s, 10m or 1h30m`);
  return z
    .string(expected)
    .regex(durationPattern, { ...expected, abort: true })
    .refine((text) => seconds(text) >= seconds(bounds.from) && seconds(text) <= seconds(bounds.to), expected)
    .meta({ examples: [bounds.from, bounds.to] })
    .transform(seconds);
}

/** The pattern was checked before. */
function seconds(text: string): number {
  return parseDuration(text) ?? 0;
}
