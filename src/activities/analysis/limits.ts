/** Limits of an analysis, each with its unit and its reason. */

/** Seconds between looks: Prometheus rarely scrapes more often, and a clear failure ends a bake soon enough. */
export const lookSeconds = 15;

/**
 * Seconds between the samples of a range query. Shorter than the usual scrape interval, the same scrape
 * would count as several samples, and chance would look like evidence.
 */
export const stepSeconds = 15;

/** Samples of one series; a longer bake takes longer steps. */
export const maxSamplesPerSeries = 240;

/** Series of one answer: more is a query that forgot to aggregate. */
export const maxSeries = 50;

/** Bytes of an answer; maxSeries × maxSamplesPerSeries need a tenth. */
export const maxAnswerBytes = 4 * 1024 * 1024;

/** Seconds for one query: a dashboard's would be impatient sooner. */
export const queryTimeoutSeconds = 10;

/** Times that a query is asked before its provider counts as down: one lost connection is not an outage. */
export const maxAttempts = 2;

/** Milliseconds between them. */
export const retryAfterMs = 500;

/** Seconds between readings of the logs, which are read from the bake's start each time; also at its end. */
export const logsEverySeconds = 60;

/** Seconds between rounds of the service's HTTP checks: often enough for a bake of minutes, little load for a pod. */
export const checksEverySeconds = 30;

/** Seconds until a wrong answer is asked for again: one alone may be a blip, and would end a release. */
export const confirmAfterSeconds = 2;

/** Seconds for one question; a verification may be more patient, a bake has its next look. */
export const askTimeoutSeconds = 10;

/** Seconds for a whole round; what was not answered by then is not known. The last round is the patient one. */
export const roundSeconds = { between: 20, last: 45 };
