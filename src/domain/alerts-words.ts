import type { FiringAlert } from './alerts.ts';
import type { Evidence } from './check.ts';
import { minuteWords } from './minute-words.ts';

/** For example `HighErrorRate (critical)`. */
export function alertTitle({ name, severity }: FiringAlert): string {
  return severity === undefined ? name : `${name} (${severity})`;
}

/** The first few by name, the rest counted. */
export function alertTitles(alerts: readonly FiringAlert[]): string {
  const named = alerts.slice(0, maxNamed).map(alertTitle).join(', ');
  return alerts.length > maxNamed ? `${named} and ${alerts.length - maxNamed} more` : named;
}

const maxNamed = 3;

/** Which, how bad, since when, and what it says of itself. */
export function alertEvidence(alert: FiringAlert): Evidence {
  const since = Number.isFinite(alert.since)
    ? ` since ${minuteWords(new Date(alert.since).toISOString())}`
    : '';
  const said = alert.summary === undefined ? '' : `: ${alert.summary}`;
  return { subject: alertTitle(alert), detail: `fires${since}${said}` };
}

/** Told apart by whether a change can have caused them. */
export function byBeginning(firing: readonly FiringAlert[], change: number) {
  return {
    /** Those whose beginning nobody knows count as new. */
    since: firing.filter(({ since }) => !(since < change)),
    before: firing.filter(({ since }) => since < change),
  };
}
