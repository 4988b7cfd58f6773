import type { Measured, MetricFacts } from '../../domain/analysis-facts.ts';
import { lookBackSeconds, queryProblem, renderQuery, type QueryValues } from '../../domain/analysis-query.ts';
import type { MetricSpec } from '../../domain/analysis.ts';
import type { Counts } from '../../domain/proportions.ts';
import { maxSamplesPerSeries } from './limits.ts';
import type { Prometheus } from './prometheus.ts';

/** One and the same for both tracks, in Unix milliseconds. */
export interface Window {
  readonly start: number;
  readonly end: number;
  /** Seconds between the samples of a range query, at the least. */
  readonly stepSeconds: number;
}

export interface Tracks {
  readonly candidate: Omit<QueryValues, 'windowSeconds'>;
  readonly stable: Omit<QueryValues, 'windowSeconds'>;
}

/** Asks for one metric on both tracks, over the same window. */
export async function measure(
  prometheus: Prometheus,
  spec: MetricSpec,
  tracks: Tracks,
  window: Window,
  signal: AbortSignal,
): Promise<MetricFacts> {
  const windowSeconds = Math.max(1, Math.round((window.end - window.start) / 1000));
  const stepSeconds = Math.max(window.stepSeconds, Math.ceil(windowSeconds / maxSamplesPerSeries));
  const range = { start: window.start, end: window.end, stepSeconds };
  const number = (query: string): Promise<Measured<number>> => prometheus.number(query, window.end, signal);
  const samples = (query: string) => prometheus.samples(query, range, signal);
  const on = async <T>(
    track: keyof Tracks,
    template: string,
    ask: (query: string) => Promise<Measured<T>>,
  ): Promise<Measured<T>> => {
    const problem = queryProblem(template);
    if (problem !== undefined) return { state: 'unknown', reason: problem };
    const rendered = renderQuery(template, { ...tracks[track], windowSeconds });
    return rendered.ok ? ask(rendered.query) : { state: 'unknown', reason: rendered.problem };
  };
  if (spec.kind === 'distribution') {
    const [candidate, stable] = await Promise.all([
      on('candidate', spec.query, samples),
      on('stable', spec.query, samples),
    ]);
    const rendered = renderQuery(spec.query, { ...tracks.candidate, windowSeconds });
    const overlap = rendered.ok ? Math.max(1, lookBackSeconds(rendered.query) / stepSeconds) : 1;
    return { kind: 'distribution', spec, candidate, stable, overlap };
  }
  const counts = async (track: keyof Tracks): Promise<Measured<Counts>> => {
    const [failed, total] = await Promise.all([
      on(track, spec.failed, number),
      on(track, spec.total, number),
    ]);
    if (total.state !== 'measured') return about('total', total);
    if (failed.state !== 'measured') return about('failed', failed);
    return { state: 'measured', value: { failed: failed.value, total: total.value } };
  };
  const [candidate, stable] = await Promise.all([counts('candidate'), counts('stable')]);
  return { kind: 'ratio', spec, candidate, stable };
}

function about<T>(query: string, missing: Exclude<Measured<number>, { state: 'measured' }>): Measured<T> {
  return { state: missing.state, reason: `"${query}": ${missing.reason}` };
}
