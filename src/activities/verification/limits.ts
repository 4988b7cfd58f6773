/** Limits of a verification, each with its unit and its reason. */

/** Bytes of an answer's body that are read: health answers are small, metrics need only their beginning. */
export const maxBodyBytes = 64 * 1024;

/** Bytes of each pod's log that the API server may send; minutes of a very noisy server. */
export const maxLogBytes = 8 * 1024 * 1024;

/** Characters of a log line that are matched; the rest is payload, and would slow the pattern. */
export const maxLineLength = 4 * 1024;

/** Matching lines kept of each pod. */
export const maxSampleLines = 5;

/** Pods asked at once: enough for speed, too few to be a load for the API server. */
export const maxConcurrency = 5;

/** Seconds for the API server to begin an answer of its own (lists, logs). */
export const apiTimeoutSeconds = 30;

/** Seconds for a server to say its version. */
export const versionTimeoutSeconds = 10;

/** Times that the pods are listed again when some came, went or did not answer. */
export const maxRounds = 5;

/** Times that one pod is asked before it counts as unreachable: one lost connection is not an outage. */
export const maxAttempts = 4;

/** Seconds between two of them, after the second: where the API server is just back, its ways to pods follow. */
export const silentPauseSeconds = 3;

/** Seconds of such pauses over a whole verification: pods that really do not answer are not waited for at each check. */
export const silentPatienceSeconds = 9;

/** Pause after a watch that ended without an event (ms); twice as long each time: no server is stormed with them. */
export const watchPauseMilliseconds = 200;

/** Seconds, over a whole verification, to wait for pods that are starting: replaced or added meanwhile. */
export const settleSeconds = 30;
