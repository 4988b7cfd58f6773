/** Limits of what is written down in other systems, each with its unit and reason. */

/** The most that GitHub lists at once. */
export const pageSize = 100;

/** Pages of issues at most: so many opened during one release are no tickets of people. */
export const maxPages = 50;

/** GitHub's clock and this machine's need not agree (milliseconds). */
export const clockSkew = 300_000;

/**
 * After a request without an answer (milliseconds): GitHub works on one for at most ten seconds, so that a look
 * after this finds what it made.
 */
export const untilDecided = 15_000;

/** One call of a web hook (milliseconds). */
export const webhookMilliseconds = 10_000;

/** Of a web hook's answer, which is only read to quote it (bytes). */
export const maxAnswerBytes = 16_384;

/** Characters of another system's own words that are passed on. */
export const maxQuote = 160;

/** A receiver that asks for more patience is asked again anyway (seconds). */
export const maxRetryAfter = 3_600;
