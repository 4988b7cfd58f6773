/** `helm rollback` to a numbered revision, safe to repeat. */
import { failureTypes } from '../../domain/failures.ts';
import { refusal } from './failures.ts';
import { foreignRevision } from './foreign-revision.ts';
import { changeWithin, type HelmRelease } from './helm-release.ts';
import { wroteRevision } from './owner-label.ts';
import { newest, type History, type Revision } from './release-history.ts';
import { replicasToHold, rollBackHolding } from './roll-back-holding.ts';
import { heldIn, rollbackDescription, rolledBackTo } from './rollback-description.ts';
import { settlePending } from './settle-pending.ts';
import type { RolledBackRevision, UndoneChange } from './types.ts';

export interface RollBackOptions {
  readonly revision: number;
  readonly graceSeconds: number;
  readonly undoes?: UndoneChange;
  /** What the Deployment asks for now. Absent: the wanted revision's replicas are written, whatever runs. */
  readonly liveReplicas?: () => Promise<number>;
  /** Asked before the rollback; what it answers is called after it. */
  readonly leaving?: () => Promise<() => Promise<void>>;
}

/**
 * Idempotent by content, as `helm rollback` takes no description: nothing is done when the newest
 * revision is deployed and is the wanted one, or a "Rollback to" it. A failed or abandoned revision
 * on top is no obstacle: helm compares it, the wanted one and the cluster.
 *
 * Throws `NotFound` when the revision is no longer stored (helm keeps ten), and `ChangedByOther` when
 * an undo finds somebody else's revision on top.
 */
export async function rollBackRelease(
  release: HelmRelease,
  options: RollBackOptions,
): Promise<RolledBackRevision> {
  const { spec, target } = release;
  const { revision: wanted } = options;
  const { history } = await settlePending(release, {
    graceSeconds: options.graceSeconds,
    ours: async (pending) =>
      pending.status === 'pending-rollback'
        ? pending.description === rollbackDescription(wanted)
        : pending.status === 'pending-upgrade' && (await wroteRevision(release, pending.revision)),
  });

  const last = newest(history);
  const there = last.revision === wanted || rolledBackTo(last.description) === wanted;
  if (last.status === 'deployed' && there) return toResult(last);
  if (options.undoes !== undefined) await assertOurs(release, history, wanted, options.undoes);

  if (!history.some(({ revision }) => revision === wanted)) {
    throw refusal(
      failureTypes.notFound,
      `Release ${spec.release} in ${target.environment.namespace} has no revision ${wanted} any more; it has ${history[0].revision} to ${last.revision}. Choose one of these with \`helm rollback\`.`,
    );
  }
  const left = await options.leaving?.();
  const held = await replicasToHold(release, options);
  if (held === undefined) {
    const limit = changeWithin(target);
    await release.run(['rollback', spec.release, String(wanted), ...limit.args], limit);
  } else {
    await rollBackHolding(release, { revision: wanted, next: last.revision + 1, held });
  }
  await left?.();
  return toResult(newest((await release.history()) ?? history));
}

async function assertOurs(
  release: HelmRelease,
  history: History,
  wanted: number,
  undoes: UndoneChange,
): Promise<void> {
  const foreign = await foreignRevision(release, history, wanted, undoes);
  if (foreign === undefined) return;
  const { spec, target } = release;
  const { namespace } = target.environment;
  throw refusal(
    failureTypes.changedByOther,
    `Helm release ${spec.release} in ${namespace} has revision ${foreign.revision} (${foreign.status}, ${foreign.updatedAt}), which this release did not make: somebody worked on it meanwhile, and it was left alone. If that is not to stay: helm rollback ${spec.release} ${wanted} -n ${namespace}`,
  );
}

function toResult({ revision, chart, description }: Revision): RolledBackRevision {
  const held = heldIn(description);
  return { revision, chart, ...(held === undefined ? {} : { held }) };
}
