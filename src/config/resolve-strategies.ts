/** From the file's entries about strategies to the words of the domain. */
import type { AnalysisSpec, MetricSpec } from '../domain/analysis.ts';
import { bakeSecondsOf } from '../domain/defaults.ts';
import type { BlueGreenOptions, CanaryOptions, SmokeTest } from '../domain/strategy-options.ts';
import type { AnalysisEntry } from './analysis-schema.ts';
import type { BlueGreenEntry, CanaryEntry } from './strategy-schema.ts';

export function toCanary({ steps }: CanaryEntry): CanaryOptions {
  return {
    steps: steps.map(({ weight, bake, gate }) => ({
      weight,
      bakeSeconds: bake ?? bakeSecondsOf(weight),
      gate,
    })),
  };
}

/** `port` is the verification's own; the cross-checks saw to it that a test which needs one has one. */
export function toBlueGreen(entry: BlueGreenEntry, port = 0): BlueGreenOptions {
  return {
    smokeTests: entry.smokeTests.map(({ timeout, ...test }): SmokeTest => {
      const rest = { port: test.port ?? port, timeoutSeconds: timeout };
      return { ...test, ...rest };
    }),
    gate: entry.gate,
    monitorSeconds: entry.monitor,
    keepSeconds: entry.keep,
  };
}

/** `prometheus` is the environment's. */
export function toAnalysis(entry: AnalysisEntry, prometheus?: string): AnalysisSpec {
  const { metrics, ...rest } = entry;
  return {
    ...rest,
    metrics: metrics.map(({ limit, ...metric }): MetricSpec => ({
      ...metric,
      ...(limit === undefined ? {} : { limit }),
    })),
    ...(prometheus === undefined ? {} : { prometheus }),
  };
}
