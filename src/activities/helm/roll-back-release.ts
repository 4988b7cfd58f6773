/** `helm rollback` to a numbered revision, safe to repeat. */
import { failureTypes } from '../../domain/failures.ts';
import { refusal } from './failures.ts';
import { changeWithin, type HelmRelease } from './helm-release.ts';
import { wroteRevision } from './owner-label.ts';
import { rollbackDescription } from './pending.ts';
import { newest } from './release-history.ts';
import { settlePending } from './settle-pending.ts';
import type { HelmRevision } from './types.ts';

export interface RollBackOptions {
  readonly revision: number;
  readonly graceSeconds: number;
}

/**
 * Idempotent by content, as `helm rollback` takes no description: nothing is done when the newest
 * revision is deployed and is the wanted one, or helm's own "Rollback to" it. A failed or abandoned
 * revision on top is no obstacle: helm compares it, the wanted one and the cluster.
 *
 * Throws `NotFound` when the revision is no longer stored (helm keeps ten).
 */
export async function rollBackRelease(release: HelmRelease, options: RollBackOptions): Promise<HelmRevision> {
  const { spec, target } = release;
  const wanted = rollbackDescription(options.revision);
  const { history } = await settlePending(release, {
    graceSeconds: options.graceSeconds,
    ours: async (pending) =>
      pending.status === 'pending-rollback'
        ? pending.description === wanted
        : pending.status === 'pending-upgrade' && (await wroteRevision(release, pending.revision)),
  });

  const last = newest(history);
  const there = last.revision === options.revision || last.description === wanted;
  if (last.status === 'deployed' && there) return { revision: last.revision, chart: last.chart };

  if (!history.some(({ revision }) => revision === options.revision)) {
    throw refusal(
      failureTypes.notFound,
      `Release ${spec.release} in ${target.environment.namespace} has no revision ${options.revision} any more; it has ${history[0].revision} to ${last.revision}. Choose one of these with \`helm rollback\`.`,
    );
  }
  const limit = changeWithin(target);
  await release.run(['rollback', spec.release, String(options.revision), ...limit.args], limit);
  const now = newest((await release.history()) ?? history);
  return { revision: now.revision, chart: now.chart };
}
