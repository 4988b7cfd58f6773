/** `helm upgrade` that can be repeated, and that recovers what a helm that died left behind. */
import { failureTypes } from '../../domain/failures.ts';
import { helmFailure, refusal } from './failures.ts';
import { changeWithin, type HelmRelease } from './helm-release.ts';
import { inForce, newest, type History, type Revision } from './release-history.ts';
import { ownerLabelArgs, wroteRevision } from './owner-label.ts';
import { rollbackDescription } from './rollback-description.ts';
import { settlePending } from './settle-pending.ts';
import type { HelmRevision } from './types.ts';
import { upgradeArgs } from './upgrade-args.ts';
import { upgradeDescription } from './upgrade-description.ts';

export interface UpgradeOptions {
  readonly tag: string;
  readonly key: string;
  readonly graceSeconds: number;
}

/**
 * Without `--wait` and `--atomic`: the rollout is watched, and undone, by the release.
 *
 * Idempotent by `tag` and `key`: helm writes them into the revision's description when the upgrade
 * is done, and a call that finds the newest revision deployed with them runs nothing.
 *
 * A pending revision is recovered by a rollback to the revision in force: upgrading from there is
 * the one way in which helm also takes away what the new chart no longer has.
 */
export async function upgradeRelease(release: HelmRelease, options: UpgradeOptions): Promise<HelmRevision> {
  const args = upgradeArgs(release, options.tag);
  const { state, history: found } = await settlePending(release, {
    graceSeconds: options.graceSeconds,
    ours: (pending, history) => isOurs(release, pending, history),
  });
  const description = upgradeDescription(options.tag, options.key);
  if (isDone(newest(found), description)) return toResult(newest(found));

  const history = state === 'crashed' ? await recover(release, found) : found;
  const limit = changeWithin(release.target);
  await release.run(
    [
      ...args,
      ...ownerLabelArgs(newest(history).revision + 1),
      ...['--description', description],
      ...[...limit.args, '--hide-notes'],
    ],
    limit,
  );
  const upgraded = newest((await release.history()) ?? history);
  if (isDone(upgraded, description)) return toResult(upgraded);
  throw helmFailure(release.target, 'helm upgrade', {
    outcome: 'died',
    reason: 'the newest revision is not the one it made',
  });
}

/** Answers the history after the rollback. */
async function recover(release: HelmRelease, history: History): Promise<History> {
  const { spec, target } = release;
  const good = inForce(history);
  if (good === undefined) {
    throw refusal(
      failureTypes.helmFailed,
      `Release ${spec.release} in ${target.environment.namespace} was never installed completely (${newest(history).status}). Uninstall it and install it again.`,
    );
  }
  const limit = changeWithin(target);
  await release.run(['rollback', spec.release, String(good.revision), ...limit.args], limit);
  return (await release.history()) ?? history;
}

/** Our upgrades carry a label; our recovery cannot, but only a recovery returns to what is in force. */
async function isOurs(release: HelmRelease, pending: Revision, history: History): Promise<boolean> {
  if (pending.status === 'pending-rollback') {
    const good = inForce(history);
    return good !== undefined && pending.description === rollbackDescription(good.revision);
  }
  return pending.status === 'pending-upgrade' && (await wroteRevision(release, pending.revision));
}

/** Not a superseded one: a release that is repeated after its rollback has the same key again. */
function isDone({ status, description }: Revision, wanted: string): boolean {
  return status === 'deployed' && description === wanted;
}

function toResult({ revision, chart }: Revision): HelmRevision {
  return { revision, chart };
}
