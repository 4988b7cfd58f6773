/** Facts and metrics for tests of the judgement. */
import type { DistributionSpec, MetricFacts, PodFacts, RatioSpec } from '../../src/domain/analysis-facts.ts';
import type { AnalysisSpec } from '../../src/domain/analysis.ts';
import type { ObservedPod, RuledPod } from '../../src/domain/check-observation.ts';
import type { PodObservation } from '../../src/domain/rollout-observation.ts';
import { ruledPod } from '../support/ruled-pod.ts';

export const errors: RatioSpec = {
  kind: 'ratio',
  name: 'errors',
  failed: 'sum(increase(http_requests_failed_total{pod=~"{{pods}}"}[{{window}}])) or vector(0)',
  total: 'sum(increase(http_requests_total{pod=~"{{pods}}"}[{{window}}]))',
  tolerance: 0.25,
  minimumEvents: 50,
  critical: true,
};

export const latency: DistributionSpec = {
  kind: 'distribution',
  name: 'p95 latency',
  query: 'latency_seconds{pod=~"{{pods}}"}',
  worse: 'higher',
  tolerance: 0.25,
  minimumSamples: 10,
  critical: true,
};

export const analysis: AnalysisSpec = {
  prometheus: 'http://prometheus.example:9090',
  metrics: [],
  maxRestarts: 0,
  errorLogs: { pattern: 'error', limit: 5 },
  whenInconclusive: 'ask',
};

export type Fraction = readonly [failed: number, total: number];

export function ratio(here: Fraction, there: Fraction, change: Partial<RatioSpec> = {}): MetricFacts {
  const measured = ([failed, total]: Fraction) => ({ state: 'measured', value: { failed, total } }) as const;
  return {
    kind: 'ratio',
    spec: { ...errors, ...change },
    candidate: measured(here),
    stable: measured(there),
  };
}

export function distribution(
  here: readonly number[],
  there: readonly number[],
  change: Partial<DistributionSpec> = {},
  overlap = 1,
): MetricFacts {
  const measured = (value: readonly number[]) => ({ state: 'measured', value }) as const;
  return {
    kind: 'distribution',
    spec: { ...latency, ...change },
    candidate: measured(here),
    stable: measured(there),
    overlap,
  };
}

/** Values around a middle, the same ones each time. */
export function around(middle: number, count: number, spread = 0.1): number[] {
  return Array.from({ length: count }, (_, i) => middle * (1 + spread * (((i * 7) % count) / count - 0.5)));
}

export function aPod(change: Partial<ObservedPod> = {}, forRules: Partial<PodObservation> = {}): RuledPod {
  const name = change.name ?? 'shop-canary-1';
  const pod = {
    name,
    uid: `uid-${name}`,
    phase: 'Running',
    terminating: false,
    ready: true,
    containers: [{ name: 'shop', image: 'shop/server:4.1.0', running: true, restarts: 0 }],
    ...change,
  };
  return ruledPod(pod, forRules);
}

export function podFacts(change: Partial<Extract<PodFacts, { state: 'seen' }>> = {}): PodFacts {
  return {
    state: 'seen',
    at: 0,
    desired: 1,
    pods: [aPod()],
    restarts: 0,
    unreadySeconds: {},
    logs: [{ kind: 'read', pod: 'shop-canary-1', matches: 0, sample: [], truncated: false }],
    ...change,
  };
}
