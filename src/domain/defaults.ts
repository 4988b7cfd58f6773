/** Every limit and default of the domain, with its unit and its reason. */

/** A lead shorter than this cannot make a pre-flight stale (seconds). */
export const recheckAfterSeconds = 60;

/** Backups kept per service; the runbook kept all in /tmp until the machine went. */
export const backupsKept = 10;

/** The server refuses current details over 20,000 bytes; the rest is room for the note on what was cut. */
export const maxDetailsBytes = 19_000;

/** Static summaries may hold 400 bytes. */
export const maxSummaryBytes = 400;

/** The server cuts a failure's text at 4 KiB; a cut in our own words keeps the remedy. */
export const maxFailureText = 3_500;
