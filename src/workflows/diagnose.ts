/** Looks at what failed before anything is put back: then the evidence goes. Never fails or holds up a release. */
import { CancellationScope, patched } from '@temporalio/workflow';
import { failureDiagnosisSeconds } from '../domain/defaults.ts';
import { diagnosisLines } from '../domain/diagnosis-text.ts';
import type { DiagnosisReport } from '../domain/diagnosis.ts';
import { optional } from '../domain/fields.ts';
import type { Stage } from './conduct.ts';
import { reasonOf, suspectOf } from './failure.ts';

/** `undefined` where the failure does not lie with pods, or nobody could look. */
export async function diagnoseFailure(stage: Stage, error: unknown): Promise<DiagnosisReport | undefined> {
  const suspect = suspectOf(error);
  if (suspect === undefined || !patched('diagnosis-before-undo')) return undefined;
  const { target, progress, cluster, announcer } = stage;
  const { deployment, image } = suspect;
  try {
    const report = await CancellationScope.nonCancellable(() =>
      cluster
        .diagnosis(failureDiagnosisSeconds)
        .diagnose.executeWithOptions({ summary: `What is wrong with ${deployment}?` }, [
          { target, deployment, ...optional('image', image), seconds: failureDiagnosisSeconds },
        ]),
    );
    progress.set({ diagnosis: report });
    announcer.reply(`diagnosis-${deployment}`, ...diagnosisLines(report).split('\n'));
    return report;
  } catch (failed) {
    progress.note(`No diagnosis of ${deployment}: ${reasonOf(failed)}`);
    return undefined;
  }
}
