/** What has to be done so that Temporal keeps the schedules that the file describes, and no others of its own. */

/** A schedule that Temporal keeps. */
export interface KeptSchedule {
  readonly name: string;
  /** Control task queue of the set-up that made it; absent: somebody else did. */
  readonly owner?: string;
  /** Digest of what it was made from. */
  readonly digest?: string;
}

export type ScheduleAction = 'create' | 'update' | 'leave' | 'foreign';

/** What becomes of a schedule of the file; `kept` is what has its name already, if anything has. */
export function scheduleAction(
  owner: string,
  digest: string,
  kept: KeptSchedule | undefined,
): ScheduleAction {
  if (kept === undefined) return 'create';
  if (kept.owner !== owner) return 'foreign';
  return kept.digest === digest ? 'leave' : 'update';
}

/** Those that this set-up made and the file no longer describes. */
export function schedulesToRemove(
  owner: string,
  described: readonly string[],
  kept: readonly KeptSchedule[],
): readonly string[] {
  return kept
    .filter((each) => each.owner === owner && !described.includes(each.name))
    .map(({ name }) => name);
}
