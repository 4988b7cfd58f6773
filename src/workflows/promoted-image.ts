/** What another environment verified, for the pods here to be compared with: a tag may have been moved since. */
import type { PromotedImage } from '../domain/promotion.ts';
import { failedChecks } from '../domain/failed-judgements.ts';
import { failureTypes } from '../domain/failures.ts';
import type { Stage } from './conduct.ts';
import { failureOf } from './failure.ts';
import { ofDeployment } from './of-deployment.ts';
import type { Progress } from './progress.ts';

/** Of the image that this release brings; the one that it returns to is nobody's business. */
export function promotedImage({ status }: Progress, image: string): PromotedImage | undefined {
  return image === status.to ? status.promoted : undefined;
}

/** Before more pods follow the first ones. Throws when they run another image; does nothing where no digest is known. */
export async function comparePromoted(stage: Stage, deployment: string, image: string): Promise<void> {
  const { cluster, progress } = stage;
  const promoted = promotedImage(progress, image);
  if (promoted === undefined) return;
  const target = ofDeployment(stage.target, deployment);
  const { service } = target;
  const verification = { ...service.verification, checks: [] };
  await progress.step(
    'Compare image',
    async () => {
      const report = await cluster.verification.verifyTarget.executeWithOptions(
        { summary: `Is it the image that ${promoted.from} verified?` },
        [{ target: { ...target, service: { ...service, verification } }, image, promoted }],
      );
      if (report.verdict === 'pass') return report.checks[0]?.summary ?? report.summary;
      const judged = failedChecks(report, []);
      throw failureOf({ deployment, image, judged }, failureTypes.verificationFailed, report.summary);
    },
    { done: (words) => words },
  );
}
