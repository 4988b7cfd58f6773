/** Limits of questions to other systems, each with its unit and reason. */

/** One request (ms): longer, and the system counts as away. */
export const requestMilliseconds = 10_000;

/** One look at a whole checklist (ms): less than the activity's own time, so that it can still answer. */
export const lookMilliseconds = 45_000;

/** The most that GitHub and PagerDuty answer at once. */
export const pageSize = 100;

/** Pages of one list at most: a commit with more checks than this has a question of its own. */
export const maxPages = 20;

/** Characters of a changelog (10 MB): larger ones are no changelogs. */
export const maxFileBytes = 10_000_000;

/** Bytes of an answer about who is on call: one page of entries, with room to spare (1 MiB). */
export const maxAnswerBytes = 1024 * 1024;

/** A tag may point at a tag; so often at most. */
export const maxTagDepth = 5;

/** Characters of another system's own words that are passed on. */
export const maxQuote = 160;
