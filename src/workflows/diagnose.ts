/** Looks at what failed before the evidence goes. Never fails or holds up a release. */
import { CancellationScope, patched } from '@temporalio/workflow';
import { failureDiagnosisSeconds } from '../domain/defaults.ts';
import { diagnosisLines } from '../domain/diagnosis-text.ts';
import type { DiagnosisReport } from '../domain/diagnosis.ts';
import { optional } from '../domain/fields.ts';
import { excerpt } from '../domain/redact.ts';
import type { Leftover } from './compensations.ts';
import type { Stage } from './conduct.ts';
import { reasonOf, suspectOf, type Suspect } from './failure.ts';

/** Characters of why the release failed: it stands in full in the result. */
const failureWords = 400;

/** Before anything is put back. `undefined` where the failure does not lie with pods, or nobody could look. */
export async function diagnoseFailure(stage: Stage, error: unknown): Promise<DiagnosisReport | undefined> {
  const suspect = suspectOf(error);
  if (suspect === undefined || !patched('diagnosis-before-undo')) return undefined;
  const report = await CancellationScope.nonCancellable(() => diagnose(stage, suspect, reasonOf(error)));
  if (report !== undefined) tell(stage, `diagnosis-${suspect.deployment}`, report);
  return report;
}

/** When something could not be put back: that is what a person has to mend now. */
export async function diagnoseReturn(
  stage: Stage,
  leftovers: readonly Leftover[],
): Promise<DiagnosisReport | undefined> {
  const left = leftovers.find(({ suspect }) => suspect !== undefined);
  if (left?.suspect === undefined || !patched('diagnosis-of-returns')) return undefined;
  const { suspect, error } = left;
  const report = await CancellationScope.nonCancellable(() => lookAt(stage, suspect, error));
  if (report === undefined) return undefined;
  stage.progress.set({ returnDiagnosis: report });
  tell(stage, `diagnosis-return-${suspect.deployment}`, report);
  return report;
}

/** What was found, and what to do about it. */
export function advice(diagnosis: DiagnosisReport | undefined): readonly string[] {
  const [first] = diagnosis?.findings ?? [];
  return first === undefined ? [] : [`Diagnosis: ${first.headline}. ${first.remedy}`];
}

/** Within ten seconds. `undefined` where nobody could look, which is a note. `reason` is why it failed. */
export async function diagnose(
  scene: Pick<Stage, 'target' | 'progress' | 'cluster'>,
  suspect: Suspect,
  reason: string,
): Promise<DiagnosisReport | undefined> {
  const report = await lookAt(scene, suspect, reason);
  if (report !== undefined) scene.progress.set({ diagnosis: report });
  return report;
}

function tell({ announcer }: Stage, event: string, report: DiagnosisReport): void {
  announcer.reply(event, ...diagnosisLines(report).split('\n'));
}

async function lookAt(
  { target, progress, cluster }: Pick<Stage, 'target' | 'progress' | 'cluster'>,
  { deployment, image, judged = [] }: Suspect,
  reason: string,
): Promise<DiagnosisReport | undefined> {
  const failure = { summary: excerpt(reason, failureWords), judged };
  try {
    return await cluster
      .diagnosis(failureDiagnosisSeconds)
      .diagnose.executeWithOptions({ summary: `What is wrong with ${deployment}?` }, [
        { target, deployment, ...optional('image', image), failure, seconds: failureDiagnosisSeconds },
      ]);
  } catch (failed) {
    progress.note(`No diagnosis of ${deployment}: ${reasonOf(failed)}`);
    return undefined;
  }
}
