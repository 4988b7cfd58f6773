import type { AnalysisReport, AnalysisSpec, MetricVerdict } from './analysis.ts';
import { failingShare, passingShare } from './analysis-defaults.ts';
import { judgeDistribution } from './analysis-distribution.ts';
import type { Finding, MetricFacts, PodFacts } from './analysis-facts.ts';
import { counted } from './analysis-numbers.ts';
import { judgeTrackPods } from './analysis-pods.ts';
import { judgeRatio } from './analysis-ratio.ts';
import type { Evidence, Verdict } from './check.ts';

const maxEvidence = 10;

/**
 * Judges what was seen of both tracks. A critical metric (the new track's own pods count as critical)
 * decides alone; of the others, 95 % must pass and more than 25 % failing fails. What is not known is
 * never a pass.
 */
export function judgeAnalysis(
  spec: AnalysisSpec,
  facts: { readonly metrics: readonly MetricFacts[]; readonly pods: PodFacts },
): AnalysisReport {
  const metrics = facts.metrics.map(judgeMetric);
  const pods = judgeTrackPods(spec, facts.pods);
  const all = [...metrics, ...pods];
  const verdict = overall(metrics, pods, ({ verdict: one }) => one === 'fail');
  return {
    verdict,
    summary: summarize(spec, verdict, metrics, pods),
    metrics: all.map(({ name, verdict: one, critical, summary }): MetricVerdict => ({
      name,
      verdict: one,
      critical,
      summary,
    })),
    evidence: evidenceOf(all),
    stopNow: overall(metrics, pods, ({ verdict: one, clear }) => one === 'fail' && clear) === 'fail',
  };
}

function judgeMetric(facts: MetricFacts): Finding {
  return facts.kind === 'ratio' ? judgeRatio(facts) : judgeDistribution(facts);
}

function overall(
  metrics: readonly Finding[],
  pods: readonly Finding[],
  isFailed: (finding: Finding) => boolean,
): Verdict {
  const decisive = [...metrics, ...pods].filter(({ critical }) => critical);
  const share = (holds: (finding: Finding) => boolean, none: number): number =>
    metrics.length === 0 ? none : metrics.filter(holds).length / metrics.length;
  if (decisive.some(isFailed) || share(isFailed, 0) > failingShare) return 'fail';
  const isPassed = ({ verdict }: Finding): boolean => verdict === 'pass';
  return decisive.every(isPassed) && share(isPassed, 1) >= passingShare ? 'pass' : 'inconclusive';
}

/** What decided comes first; what passed is counted. */
function summarize(
  spec: AnalysisSpec,
  verdict: Verdict,
  metrics: readonly Finding[],
  pods: readonly Finding[],
): string {
  const all = [...metrics, ...pods];
  const against = [
    ...all.filter((one) => one.verdict === 'fail' && one.critical),
    ...all.filter((one) => one.verdict === 'fail' && !one.critical),
    ...(verdict === 'fail' ? [] : all.filter((one) => one.verdict === 'inconclusive')),
  ];
  const passed = metrics.filter((one) => one.verdict === 'pass');
  const parts = [
    ...against.map(({ summary }) => summary),
    ...(verdict === 'pass' && passed.length > 0
      ? [`${passed.length}/${counted(metrics.length, 'metric')} passed`]
      : []),
    ...(verdict === 'pass' ? pods.map(({ summary }) => summary) : []),
  ];
  const basis = spec.prometheus === undefined ? 'pods only, as no Prometheus is configured: ' : '';
  return `${basis}${parts.join('; ')}`;
}

/** Each finding's own line, the failing ones first, each followed by what it rests on. */
function evidenceOf(findings: readonly Finding[]): readonly Evidence[] {
  const order: readonly Verdict[] = ['fail', 'inconclusive', 'pass'];
  return order
    .flatMap((verdict) => findings.filter((finding) => finding.verdict === verdict))
    .flatMap(({ name, summary, evidence }) => [{ subject: name, detail: summary }, ...evidence])
    .slice(0, maxEvidence);
}
