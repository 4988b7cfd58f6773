import { z } from 'zod';
import type { Measured } from '../../domain/analysis-facts.ts';
import { counted } from '../../domain/analysis-numbers.ts';
import { excerpt } from '../../domain/redact.ts';
import { maxSeries } from './limits.ts';

const messageExcerpt = 200;

/** Unix seconds, and a number that JSON cannot write as one (`NaN`, `+Inf`). */
const sample = z.tuple([z.number(), z.string()]);

/** A native histogram has no `value`, and so is no series of numbers. */
const data = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample })) }),
  z.object({ resultType: z.literal('scalar'), result: sample }),
  z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ values: z.array(sample) })) }),
]);

const answer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), data: z.unknown(), warnings: z.array(z.string()).optional() }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

type Data = z.infer<typeof data>;

/** The one number of an instant query. */
export function readNumber(text: string): Measured<number> {
  return read(text, (seen) => {
    if (seen.resultType === 'matrix') return unknown('a range of values, where one number was asked for');
    const values = seen.resultType === 'scalar' ? [seen.result] : seen.result.map(({ value }) => value);
    if (values.length > 1)
      return unknown(`${values.length} series instead of one: aggregate them, as with sum()`);
    const [first] = values;
    if (first === undefined) {
      return { state: 'empty', reason: 'no data (if that means none, add "or vector(0)" to the query)' };
    }
    const value = numberOf(first[1]);
    return Number.isFinite(value)
      ? { state: 'measured', value }
      : unknown(`the value is ${excerpt(first[1], messageExcerpt)}`);
  });
}

/** The samples of a range query, of all its series. Steps without a number (NaN: no traffic) are left out. */
export function readSamples(text: string): Measured<readonly number[]> {
  return read(text, (seen) => {
    if (seen.resultType !== 'matrix') return unknown('no range of values');
    if (seen.result.length > maxSeries) {
      return unknown(`${seen.result.length} series, more than ${maxSeries}: aggregate them`);
    }
    const values = seen.result.flatMap((series) => series.values.map(([, value]) => numberOf(value)));
    const infinite = values.filter((value) => Math.abs(value) === Infinity).length;
    if (infinite > 0) return unknown(`${counted(infinite, 'sample')} infinite`);
    const numbers = values.filter(Number.isFinite);
    if (values.length === 0) return { state: 'empty', reason: 'no data' };
    return numbers.length === 0
      ? { state: 'empty', reason: `${counted(values.length, 'sample')}, none of them a number` }
      : { state: 'measured', value: numbers };
  });
}

function read<T>(text: string, use: (seen: Data) => Measured<T>): Measured<T> {
  const parsed = answer.safeParse(parse(text));
  if (!parsed.success) return unknown('the answer is not one of the Prometheus API');
  const body = parsed.data;
  if (body.status === 'error') {
    return unknown(
      `Prometheus refused the query (${body.errorType}): ${excerpt(body.error, messageExcerpt)}`,
    );
  }
  const [warning] = body.warnings ?? [];
  // A warning says that the data is partial or doubtful.
  if (warning !== undefined) return unknown(`Prometheus warned: ${excerpt(warning, messageExcerpt)}`);
  const seen = data.safeParse(body.data);
  return seen.success ? use(seen.data) : unknown('the result is not a series of numbers');
}

function numberOf(text: string): number {
  if (text === '+Inf' || text === '-Inf') return Number(text.replace('Inf', 'Infinity'));
  return text.trim() === '' ? NaN : Number(text);
}

function unknown(reason: string): { readonly state: 'unknown'; readonly reason: string } {
  return { state: 'unknown', reason };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
