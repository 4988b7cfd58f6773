/** Runs the service's checks; throws when a required one does not pass. */
import type { VerificationReport } from '../domain/check.ts';
import { failedChecks } from '../domain/failed-judgements.ts';
import { failureTypes } from '../domain/failures.ts';
import { optional } from '../domain/fields.ts';
import { versionOf } from '../domain/version-of.ts';
import type { ClusterActivities } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { failureOf } from './failure.ts';
import { countVerdict } from './metrics.ts';
import { promotedImage } from './promoted-image.ts';

export async function verify(
  { target, progress, announcer, undo }: Pick<Stage, 'target' | 'progress' | 'announcer' | 'undo'>,
  cluster: ClusterActivities,
  image: string,
  /** Alerts from before this are none of its doing; milliseconds since 1970. */
  since: number | undefined = undo.began,
): Promise<VerificationReport> {
  const report = await cluster.verification.verifyTarget.executeWithOptions(
    {
      summary: `${target.service.verification.checks.length} checks on ${target.service.deployment} ${versionOf(image)}`,
    },
    [
      {
        ...{ target, image },
        ...optional('since', since),
        ...optional('promoted', promotedImage(progress, image)),
      },
    ],
  );
  countVerdict('verification', report.verdict, target);
  progress.set({ verification: report, verifiedVersion: versionOf(image) });
  announcer.reply(
    // In one release green is verified, and then the target's own Deployment with the same image.
    `verification-${target.service.deployment}-${image}`,
    `Verification of ${versionOf(image)}: ${report.verdict}. ${report.summary}`,
  );
  if (report.verdict === 'pass') return report;
  const judged = failedChecks(report, target.service.verification.checks);
  throw failureOf(
    { deployment: target.service.deployment, image, judged },
    failureTypes.verificationFailed,
    `verification of ${versionOf(image)}: ${report.summary}`,
  );
}
