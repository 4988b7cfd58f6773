/**
 * What is said in chat about a release, in the runbook's words. Every text is one plain
 * line; it is escaped where it leaves.
 */
import { displayVersion } from './version.ts';

export interface AnnouncedRelease {
  /** The name that people read, for example `Shop`. */
  readonly displayName: string;
  /** Written `4.1.0` or `v4.1.0`. */
  readonly version: string;
}

/**
 * `[DEPLOYMENT] Shop v4.1.0 deployment starting in 15 minutes`, with who is on call where that is known. A lead of 0
 * reads `starting now`.
 */
export function startingText(release: AnnouncedRelease, leadSeconds: number, onCall?: string): string {
  const when = leadSeconds > 0 ? `in ${spokenDuration(leadSeconds)}` : 'now';
  const who = onCall === undefined ? '' : ` (${onCall})`;
  return `[DEPLOYMENT] ${subject(release)} deployment starting ${when}${who}`;
}

/** `[DEPLOYMENT] Shop v4.1.0 deployment in progress: monitoring the rollout`. */
export function inProgressText(release: AnnouncedRelease, step: string): string {
  return `[DEPLOYMENT] ${subject(release)} deployment in progress: ${step}`;
}

/** `[DEPLOYMENT] Shop v4.1.0 deployed to production in 6 minutes 2 seconds`, with warnings when there are any. */
export function deployedText(
  release: AnnouncedRelease,
  outcome: {
    readonly environment: string;
    readonly seconds: number;
    /** Names of the advisory checks that did not pass. */
    readonly warnings?: readonly string[];
  },
): string {
  const warnings = outcome.warnings?.length ? `, with warnings: ${outcome.warnings.join(', ')}` : '';
  const took = spokenDuration(Math.max(1, outcome.seconds));
  return `[DEPLOYMENT] ${subject(release)} deployed to ${outcome.environment} in ${took}${warnings}`;
}

/** `[DEPLOYMENT] Shop v4.1.0 deployment stopped before any change: pre-flight refused …`. */
export function stoppedText(release: AnnouncedRelease, reason: string): string {
  return `[DEPLOYMENT] ${subject(release)} deployment stopped before any change: ${reason}`;
}

/**
 * `[ROLLBACK] Shop rolled back to v4.0.0 due to health endpoint failed`: the runbook's
 * `[reason]` is a placeholder, so the reason stands there without brackets. `release.version` is
 * the version that runs now.
 */
export function rolledBackText(release: AnnouncedRelease, reason: string): string {
  return `[ROLLBACK] ${release.displayName} rolled back to ${displayVersion(release.version)} due to ${reason}`;
}

/** `[ROLLBACK] Shop is being rolled back from v4.1.0 to v4.0.0 due to error rate above 5 %: returning to revision 3 …`. */
export function rollingBackText(
  release: AnnouncedRelease & { readonly from: string },
  reason: string,
  destination: string,
): string {
  const { displayName, from, version } = release;
  return `[ROLLBACK] ${displayName} is being rolled back from ${displayVersion(from)} to ${displayVersion(version)} due to ${reason}: returning to ${destination}`;
}

/** A rollback that failed, and the version that runs as before it. */
export function notRolledBackText(release: AnnouncedRelease, reason: string): string {
  return `[ROLLBACK] ${release.displayName} was not rolled back and runs ${displayVersion(release.version)} as before: ${reason}`;
}

/** For the case in which putting things back failed too; `reason` says what is left and how to fix it. */
export function rollbackFailedText(release: AnnouncedRelease, reason: string): string {
  return `[ROLLBACK] ${release.displayName} could not be rolled back to ${displayVersion(release.version)}, a person must look: ${reason}`;
}

function subject({ displayName, version }: AnnouncedRelease): string {
  return `${displayName} ${displayVersion(version)}`;
}

/**
 * A length of time as people say it: `45 seconds`, `90 seconds`, `2 minutes 30 seconds`,
 * `15 minutes`, `90 minutes`, `2 hours 5 minutes`. Seconds are dropped from ten minutes on.
 */
export function spokenDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 120 && whole % 60 !== 0) return count(whole, 'second');
  if (whole < 600) return both(whole, 60, 'minute', 'second');
  const minutes = Math.round(whole / 60);
  if (minutes < 120 && minutes !== 60) return count(minutes, 'minute');
  return both(minutes, 60, 'hour', 'minute');
}

function both(n: number, size: number, larger: string, smaller: string): string {
  const whole = count(Math.floor(n / size), larger);
  return n % size === 0 ? whole : `${whole} ${count(n % size, smaller)}`;
}

function count(n: number, unit: string): string {
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
}
