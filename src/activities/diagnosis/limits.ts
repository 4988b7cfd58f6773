/** Limits of a diagnosis, each with its unit and its reason. */

/** Milliseconds kept back of the time that was given: to judge, and to answer in time. */
export const answerMarginMs = 500;

/** Pods whose events, logs and answers are read: those of one template fail alike. */
export const maxPods = 3;

/** Lines at the end of a log: where a program says why it ends. */
export const logLines = 40;

/** Bytes of such a log at most. */
export const logBytes = 32 * 1024;

/** Characters of a line that are kept. */
export const lineLength = 500;

/** Events read of each object. */
export const maxEvents = 100;

/** Nodes read of a cluster: their labels and conditions make long lists. */
export const maxNodes = 500;

/** Seconds for one direct question, above what its probe allows. */
export const questionMarginSeconds = 1;

/** Seconds for one direct question at most. */
export const maxQuestionSeconds = 4;

/** Other ports and paths that are tried where a probe's own does not do. */
export const maxNeighbours = 6;
