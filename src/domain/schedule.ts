/** Releases that start by themselves, as `fairway.yaml` says; kept as Temporal Schedules. */
import type { StrategyName, TargetRef, WhenHeldPolicy } from './target.ts';

export interface ScheduleSpec extends TargetRef {
  /** ID of the Temporal Schedule. */
  readonly name: string;
  readonly version?: string;
  /** Instead of a version: the newest one that this environment verified. */
  readonly verifiedIn?: string;
  readonly times: ScheduleTimes;
  /** Whose clock on the wall counts, for example `Europe/Berlin`. */
  readonly timeZone: string;
  /** Absent: as people leave it. */
  readonly paused?: boolean;
  /** Absent: the environment's own. */
  readonly whenHeld?: WhenHeldPolicy;
  readonly strategy?: StrategyName;
}

export type ScheduleTimes =
  | { readonly kind: 'cron'; /** Five fields. */ readonly cron: string }
  | {
      readonly kind: 'calendar';
      readonly hour: number;
      readonly minute: number;
      /** `MONDAY` and so on; absent: every day. */
      readonly daysOfWeek?: readonly Weekday[];
      readonly daysOfMonth?: readonly number[];
    };

export type Weekday = 'MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY';

/** What a schedule types after `--input` of a release. */
export function scheduledInput(schedule: ScheduleSpec): Readonly<Record<string, unknown>> {
  const { name, service, environment, version, verifiedIn, whenHeld, strategy } = schedule;
  return {
    service,
    environment,
    ...(version === undefined ? {} : { version }),
    ...(verifiedIn === undefined ? {} : { versionFrom: { verifiedIn } }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(whenHeld === undefined ? {} : { whenHeld }),
    requestedBy: `schedule:${name}`,
  };
}
