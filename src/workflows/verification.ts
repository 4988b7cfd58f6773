/** The runbook's post-deployment verification, by itself. Changes nothing and needs no lock. */
import type { VerificationReport } from '../domain/check.ts';
import { parseVerificationRequest } from '../domain/request.ts';
import { withTag } from '../domain/image.ts';
import { failureTypes } from '../domain/failures.ts';
import { clusterActivities, configuration } from './activity-options.ts';
import { accept, failure } from './failure.ts';
import { Progress } from './progress.ts';

export async function verification(input: unknown): Promise<VerificationReport> {
  const { service, environment, version } = accept(parseVerificationRequest(input));
  const progress = new Progress(
    { service, environment, version: version ?? 'as deployed', strategy: 'verification' },
    ['Verify'],
  );
  const target = await configuration.resolveTarget({ service, environment });
  const cluster = clusterActivities(target, 'bounded');
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
  const status = await progress.finish(report.verdict === 'pass' ? 'passed' : 'failed', words);
  if (report.verdict !== 'pass') throw failure(failureTypes.verificationFailed, words, status);
  return report;
}
