import type { AnalysisReport, AnalysisSpec, MetricVerdict } from './analysis.ts';
import { failingShare, passingShare } from './analysis-defaults.ts';
import { judgeTrackAlerts } from './analysis-alerts.ts';
import { judgeTrackCheck } from './analysis-checks.ts';
import { judgeDistribution } from './analysis-distribution.ts';
import type { AnalysisFacts, Finding, MetricFacts } from './analysis-facts.ts';
import { counted } from './analysis-numbers.ts';
import { judgeTrackPods } from './analysis-pods.ts';
import { judgeRatio } from './analysis-ratio.ts';
import type { Evidence, Verdict } from './check.ts';

const maxEvidence = 10;

/** What was seen beside the metrics; all of it counts as critical. */
interface Surroundings {
  readonly checks: readonly Finding[];
  readonly alerts: readonly Finding[];
  readonly pods: readonly Finding[];
}

/**
 * Judges what was seen of both tracks. A critical metric (the new track's own pods, its answers and the
 * service's alerts count as critical) decides alone; of the others, 95 % must pass and more than 25 % failing
 * fails. What is not known is never a pass.
 */
export function judgeAnalysis(spec: AnalysisSpec, facts: AnalysisFacts): AnalysisReport {
  const metrics = facts.metrics.map(judgeMetric);
  const around: Surroundings = {
    checks: (facts.checks ?? []).map(judgeTrackCheck),
    alerts: facts.alerts === undefined ? [] : [judgeTrackAlerts(facts.alerts)],
    pods: judgeTrackPods(spec, facts.pods),
  };
  const others = [...around.checks, ...around.alerts, ...around.pods];
  const all = [...metrics, ...others];
  const verdict = overall(metrics, others, ({ verdict: one }) => one === 'fail');
  return {
    verdict,
    summary: summarize(spec, verdict, metrics, around),
    metrics: all.map(({ name, verdict: one, critical, summary }): MetricVerdict => ({
      name,
      verdict: one,
      critical,
      summary,
    })),
    evidence: evidenceOf(all),
    stopNow: overall(metrics, others, ({ verdict: one, clear }) => one === 'fail' && clear) === 'fail',
  };
}

function judgeMetric(facts: MetricFacts): Finding {
  return facts.kind === 'ratio' ? judgeRatio(facts) : judgeDistribution(facts);
}

function overall(
  metrics: readonly Finding[],
  others: readonly Finding[],
  isFailed: (finding: Finding) => boolean,
): Verdict {
  const decisive = [...metrics, ...others].filter(({ critical }) => critical);
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
  { checks, alerts, pods }: Surroundings,
): string {
  const all = [...metrics, ...checks, ...alerts, ...pods];
  const against = [
    ...all.filter((one) => one.verdict === 'fail' && one.critical),
    ...all.filter((one) => one.verdict === 'fail' && !one.critical),
    ...(verdict === 'fail' ? [] : all.filter((one) => one.verdict === 'inconclusive')),
  ];
  const passed = [
    ...passedOf(metrics, 'metric'),
    ...passedOf(checks, 'check'),
    ...[...alerts, ...pods].map(({ summary }) => summary),
  ];
  const parts = [...against.map(({ summary }) => summary), ...(verdict === 'pass' ? passed : [])];
  const looked = alerts.length === 0 ? 'pods only' : 'no metrics';
  const basis = spec.prometheus === undefined ? `${looked}, as no Prometheus is configured: ` : '';
  return `${basis}${parts.join('; ')}`;
}

function passedOf(findings: readonly Finding[], one: string): readonly string[] {
  const passed = findings.filter(({ verdict }) => verdict === 'pass').length;
  return passed === 0 ? [] : [`${passed}/${counted(findings.length, one)} passed`];
}

/** Each finding's own line, the failing ones first, each followed by what it rests on. */
function evidenceOf(findings: readonly Finding[]): readonly Evidence[] {
  const order: readonly Verdict[] = ['fail', 'inconclusive', 'pass'];
  return order
    .flatMap((verdict) => findings.filter((finding) => finding.verdict === verdict))
    .flatMap(({ name, summary, evidence }) => [{ subject: name, detail: summary }, ...evidence])
    .slice(0, maxEvidence);
}
