/** From the reports of a verification or an analysis to what of them did not pass, short enough to be handed on. */
import type { AnalysisReport, AnalysisSpec, MetricVerdict } from './analysis.ts';
import type { CheckResult, CheckSpec, Evidence, VerificationReport } from './check.ts';
import type { FailedJudgement } from './diagnosis-failure.ts';
import { excerpt } from './redact.ts';

const maxJudgements = 5;
const maxEvidence = 5;
/** Characters: it travels in the input of an activity. */
const detailLength = 240;

/** The required checks that did not pass, those that failed first. */
export function failedChecks(
  { checks }: VerificationReport,
  specs: readonly CheckSpec[],
): readonly FailedJudgement[] {
  const alerts = specs.filter(({ kind }) => kind === 'alerts').map(({ name }) => name);
  return checks
    .filter(({ severity }) => severity === 'required')
    .flatMap(({ name, verdict, summary, evidence }) =>
      verdict === 'pass'
        ? []
        : [
            judgement({
              by: alerts.includes(name) ? 'alerts' : 'check',
              name,
              verdict,
              detail: summary,
              evidence,
            }),
          ],
    )
    .sort((a, b) => decisive(a) - decisive(b))
    .slice(0, maxJudgements);
}

export function failedSmokeTest({
  name,
  verdict,
  summary,
  evidence,
}: CheckResult): readonly FailedJudgement[] {
  if (verdict === 'pass') return [];
  return [judgement({ by: 'check', name: `smoke test ${name}`, verdict, detail: summary, evidence })];
}

/** The metrics and what was watched beside them: where something failed, what was merely unclear is left out. */
export function failedMetrics(
  report: AnalysisReport,
  { metrics }: AnalysisSpec,
  specs: readonly CheckSpec[],
): readonly FailedJudgement[] {
  const measured = metrics.map(({ name }) => name);
  const checks = specs.map(({ name }) => name);
  const by = (name: string): FailedJudgement['by'] => {
    if (measured.includes(name)) return 'analysis';
    if (name === 'alerts') return 'alerts';
    return checks.includes(name) ? 'check' : 'analysis';
  };
  const failed = report.verdict === 'fail' ? 'fail' : 'inconclusive';
  return report.metrics
    .filter(({ verdict }) => verdict === failed)
    .sort((a, b) => Number(b.critical) - Number(a.critical))
    .slice(0, maxJudgements)
    .map(({ name, summary }) =>
      judgement({
        ...{ by: by(name), name, verdict: failed, detail: summary },
        evidence: evidenceOf(report, name),
      }),
    );
}

/** What follows the metric's own line in the report, as far as the next one's. */
function evidenceOf({ metrics, evidence }: AnalysisReport, name: string): readonly Evidence[] {
  const isLineOf = (one: Evidence, metric: MetricVerdict): boolean =>
    one.subject === metric.name && one.detail === metric.summary;
  const own = metrics.filter((metric) => metric.name === name);
  const from = evidence.findIndex((one) => own.some((metric) => isLineOf(one, metric)));
  if (from < 0) return [];
  const rest = evidence.slice(from + 1);
  const to = rest.findIndex((one) => metrics.some((metric) => isLineOf(one, metric)));
  return to < 0 ? rest : rest.slice(0, to);
}

function decisive({ verdict }: FailedJudgement): number {
  return verdict === 'fail' ? 0 : 1;
}

function judgement(failed: FailedJudgement): FailedJudgement {
  return {
    ...failed,
    detail: excerpt(failed.detail, detailLength),
    evidence: failed.evidence.slice(0, maxEvidence).map(({ subject, detail }) => ({
      subject,
      detail: excerpt(detail, detailLength),
    })),
  };
}
