/** The runbook's post-deployment verification, by itself. Changes nothing and needs no lock. */
import { patched } from '@temporalio/workflow';
import type { VerificationReport } from '../domain/check.ts';
import { failedChecks } from '../domain/failed-judgements.ts';
import { parseVerificationRequest } from '../domain/request.ts';
import { withTag } from '../domain/image.ts';
import { failureTypes } from '../domain/failures.ts';
import { advice, diagnose } from './diagnose.ts';
import { accept, failure } from './failure.ts';
import { inquire } from './inquire.ts';
import { Progress } from './progress.ts';

export async function verification(input: unknown): Promise<VerificationReport> {
  const { service, environment, version } = accept(parseVerificationRequest(input));
  const progress = new Progress(
    { service, environment, version: version ?? 'as deployed', strategy: 'verification' },
    ['Verify'],
  );
  return inquire({ service, environment }, progress, async (stage) => {
    const { target, cluster } = stage;
    const report = await progress.step(
      'Verify',
      () =>
        cluster.verification.verifyTarget.executeWithOptions(
          { summary: `${target.service.verification.checks.length} checks on ${target.service.deployment}` },
          [{ target, ...(version === undefined ? {} : { image: withTag(target.service.image, version) }) }],
        ),
      { done: ({ summary }) => summary },
    );
    progress.set({ verification: report });
    const words = `${target.service.displayName} in ${environment}: ${report.summary}`;
    if (report.verdict === 'pass') {
      await progress.finish('passed', words);
      return report;
    }
    // Of what runs, and not of a version that was expected.
    const judged = failedChecks(report, target.service.verification.checks);
    const suspect = { deployment: target.service.deployment, judged };
    const diagnosis = patched('verification-diagnoses')
      ? await diagnose(stage, suspect, report.summary)
      : undefined;
    const message = [words, ...advice(diagnosis)].join('. ');
    throw failure(failureTypes.verificationFailed, message, await progress.finish('failed', message));
  });
}
