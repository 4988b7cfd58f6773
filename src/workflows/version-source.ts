/** A release whose version is what another environment has verified finds it out when it starts. */
import { newestVerified } from '../domain/promotion-decision.ts';
import { refuse } from '../domain/refusal.ts';
import type { ReleaseRequest } from '../domain/release-request.ts';
import { temporal } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { refusedBy } from './pre-flight.ts';

/** The request with its version known. Throws `ReleaseRefused` when nothing is verified there. */
export async function withVersion(
  request: ReleaseRequest,
  { progress }: Pick<Stage, 'progress'>,
): Promise<ReleaseRequest> {
  const { versionFrom, service } = request;
  if (versionFrom === undefined) return request;
  const { verifiedIn } = versionFrom;
  const version = await progress.step(
    'Choose the version',
    async () => {
      const record = await temporal.findVerified.executeWithOptions(
        { summary: `What ${verifiedIn} verified last` },
        [{ service, environment: verifiedIn }],
      );
      const newest = newestVerified(record);
      if (newest !== undefined) return newest.version;
      const reason = `${verifiedIn} has verified no version of ${service} that it kept`;
      throw refusedBy(
        refuse('nothing-verified', reason, `release one to ${verifiedIn} first, or say "version"`),
      );
    },
    { done: (chosen) => `${chosen}, verified in ${verifiedIn}` },
  );
  progress.set({ version });
  return { ...request, version };
}
