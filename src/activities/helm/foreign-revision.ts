/** Whether somebody else worked on a Helm release while a run was at it. */
import type { HelmRelease } from './helm-release.ts';
import { wroteRevision } from './owner-label.ts';
import { isPending, newest, type History, type Revision } from './release-history.ts';
import { rolledBackTo } from './rollback-description.ts';
import type { UndoneChange } from './types.ts';
import { isUpgradeOf } from './upgrade-description.ts';

/**
 * A revision on top of those of before that this run did not make. A rollback to where the undo goes
 * anyway is nobody's harm. What failed below others was overwritten by them.
 */
export async function foreignRevision(
  release: HelmRelease,
  history: History,
  wanted: number,
  { after, run, rolledBackTo: ownDestination }: UndoneChange,
): Promise<Revision | undefined> {
  const last = newest(history);
  for (const each of history) {
    if (each.revision <= after || isUpgradeOf(each.description, run)) continue;
    const destination = rolledBackTo(each.description);
    if (destination !== undefined && (destination === wanted || destination === ownDestination)) continue;
    // helm describes these itself; only a label tells whose they are, and only of the newest one.
    if (each.status === 'failed' || isPending(each)) {
      if (each.revision !== last.revision || (await wroteRevision(release, each.revision))) continue;
    }
    return each;
  }
  return undefined;
}
