/** Limits of one event, each with its unit; the first four are the vendor's. */

/** Characters of a summary. */
export const maxSummary = 1_024;

/** Characters of the key that makes several events one incident. */
export const maxDedupKey = 255;

/** Bytes of one event. */
export const maxEventBytes = 512 * 1024;

/** Characters of a routing key. */
export const routingKeyLength = 32;

/** Milliseconds for one request: less than the activity's own time, so that it can still answer. */
export const requestMilliseconds = 8_000;

/** Bytes of an answer that are read. */
export const maxAnswerBytes = 64 * 1024;

/** Characters of the vendor's own words that are passed on. */
export const maxQuote = 300;

/** Seconds to wait where the vendor limits the rate and names no time. */
export const rateLimitSeconds = 60;
