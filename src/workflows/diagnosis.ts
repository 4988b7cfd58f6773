/** The runbook's troubleshooting, by itself: why a target is not well. Changes nothing and needs no lock. */
import type { DiagnosisReport } from '../domain/diagnosis.ts';
import { diagnosisSeconds } from '../domain/defaults.ts';
import { parseDiagnosisRequest } from '../domain/request.ts';
import { accept } from './failure.ts';
import { inquire } from './inquire.ts';
import { Progress } from './progress.ts';

export async function diagnosis(input: unknown): Promise<DiagnosisReport> {
  const { service, environment, deployment } = accept(parseDiagnosisRequest(input));
  const progress = new Progress({ service, environment, version: 'as deployed', strategy: 'diagnosis' }, [
    'Diagnose',
  ]);
  return inquire({ service, environment }, progress, async ({ target, cluster }) => {
    const subject = deployment ?? target.service.deployment;
    const report = await progress.step(
      'Diagnose',
      () =>
        cluster
          .diagnosis(diagnosisSeconds)
          .diagnose.executeWithOptions({ summary: `What is wrong with ${subject}?` }, [
            { target, deployment: subject, seconds: diagnosisSeconds },
          ]),
      { done: ({ summary }) => summary },
    );
    progress.set({ diagnosis: report });
    await progress.finish(report.findings.length === 0 ? 'passed' : 'diagnosed', report.summary);
    return report;
  });
}
