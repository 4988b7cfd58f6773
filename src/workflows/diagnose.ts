/** Looks at what failed before anything is put back: then the evidence goes. Never fails or holds up a release. */
import { CancellationScope, patched } from '@temporalio/workflow';
import { failureDiagnosisSeconds } from '../domain/defaults.ts';
import { diagnosisLines } from '../domain/diagnosis-text.ts';
import type { DiagnosisReport } from '../domain/diagnosis.ts';
import { optional } from '../domain/fields.ts';
import { excerpt } from '../domain/redact.ts';
import type { Stage } from './conduct.ts';
import { reasonOf, suspectOf, type Suspect } from './failure.ts';

/** Characters of why the release failed: it stands in full in the result. */
const failureWords = 400;

/** `undefined` where the failure does not lie with pods, or nobody could look. */
export async function diagnoseFailure(stage: Stage, error: unknown): Promise<DiagnosisReport | undefined> {
  const suspect = suspectOf(error);
  if (suspect === undefined || !patched('diagnosis-before-undo')) return undefined;
  const report = await CancellationScope.nonCancellable(() => diagnose(stage, suspect, reasonOf(error)));
  if (report !== undefined) {
    stage.announcer.reply(`diagnosis-${suspect.deployment}`, ...diagnosisLines(report).split('\n'));
  }
  return report;
}

/** What was found, and what to do about it. */
export function advice(diagnosis: DiagnosisReport | undefined): readonly string[] {
  const [first] = diagnosis?.findings ?? [];
  return first === undefined ? [] : [`Diagnosis: ${first.headline}. ${first.remedy}`];
}

/** Within ten seconds. `undefined` where nobody could look, which is a note. `reason` is why it failed. */
export async function diagnose(
  { target, progress, cluster }: Pick<Stage, 'target' | 'progress' | 'cluster'>,
  { deployment, image, judged = [] }: Suspect,
  reason: string,
): Promise<DiagnosisReport | undefined> {
  const failure = { summary: excerpt(reason, failureWords), judged };
  try {
    const report = await cluster
      .diagnosis(failureDiagnosisSeconds)
      .diagnose.executeWithOptions({ summary: `What is wrong with ${deployment}?` }, [
        { target, deployment, ...optional('image', image), failure, seconds: failureDiagnosisSeconds },
      ]);
    progress.set({ diagnosis: report });
    return report;
  } catch (failed) {
    progress.note(`No diagnosis of ${deployment}: ${reasonOf(failed)}`);
    return undefined;
  }
}
