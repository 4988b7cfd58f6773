/** Watching a new version for a while, against the old one; what an unclear answer means is configuration. */
import type { AnalysisReport, AnalysisSpec } from '../domain/analysis.ts';
import { failedMetrics } from '../domain/failed-judgements.ts';
import { failureTypes } from '../domain/failures.ts';
import { optional } from '../domain/fields.ts';
import { durationWords } from '../domain/status-details.ts';
import type { Stage } from './conduct.ts';
import { failureOf } from './failure.ts';
import { countVerdict } from './metrics.ts';

interface Bake {
  /** Name of the step. */
  readonly name: string;
  readonly seconds: number;
  readonly analysis: AnalysisSpec;
  /** Name of the Deployment that runs the new version. */
  readonly candidate: string;
  /** What it runs. */
  readonly image: string;
}

export async function bake(stage: Stage, bake: Bake): Promise<void> {
  if (bake.seconds === 0) return;
  const { progress } = stage;
  await progress.step(bake.name, () => watch(stage, bake), {
    lasting: true,
    next: `${durationWords(bake.seconds * 1_000)} of watching; "promote" ends it, "pause" holds it, "abort" goes back`,
    done: (words) => words,
  });
}

async function watch(stage: Stage, bake: Bake): Promise<string> {
  const { target, cluster, progress, control, undo } = stage;
  const { analysis, candidate } = bake;
  for (let extended = false; ; extended = true) {
    const report = await control.bake(bake.seconds, (seconds) =>
      cluster.analysis(seconds).bake.executeWithOptions({ summary: `Watch ${candidate} for ${seconds} s` }, [
        {
          ...{ target, spec: analysis, stable: target.service.deployment, candidate, seconds },
          ...optional('since', undo.began),
        },
      ]),
    );
    if (report === undefined) return 'a person decided that it is enough';
    countVerdict('analysis', report.verdict, target);
    progress.set({ analysis: report });
    if (report.verdict === 'pass') return report.summary;
    if (report.verdict === 'fail') throw analysisFailed(stage, bake, report);
    if (analysis.whenInconclusive === 'rollBack') throw analysisFailed(stage, bake, report);
    if (analysis.whenInconclusive === 'ask' || extended) {
      const because = `nobody can tell (${report.summary})`;
      const decided = await control.gate(stage, { subject: `going on after "${bake.name}"`, because });
      return `${decided}: ${report.summary}`;
    }
  }
}

function analysisFailed({ target }: Stage, { analysis, candidate, image }: Bake, report: AnalysisReport) {
  const judged = failedMetrics(report, analysis, target.service.verification.checks);
  return failureOf(
    { deployment: candidate, image, judged },
    failureTypes.analysisFailed,
    `the analysis of ${candidate}: ${report.summary}`,
  );
}
