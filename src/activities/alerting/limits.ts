/** Limits of a look at alerts, each with its unit and its reason. */

/** Seconds for one answer: Alertmanager answers from memory. */
export const askTimeoutSeconds = 10;

/** Times that it is asked before it counts as away: one lost connection is not an outage. */
export const maxAttempts = 2;

/** Milliseconds between them. */
export const retryAfterMs = 500;

/** Bytes of an answer: some thousand alerts; matchers that match more are nobody's own. */
export const maxAnswerBytes = 4 * 1024 * 1024;

/** Characters of what others wrote: an alert's summary, a server's explanation. */
export const maxExcerpt = 200;
