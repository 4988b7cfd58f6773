/** Limits of the judgement, each with its reason. */

/** Chance that two equal tracks are told apart: the ends of a 98 % interval. */
export const significance = 0.01;

/**
 * The same for ending a bake early. It is asked at every look: over the about 120 of half an hour,
 * chance alone still ends one bake in a hundred at most.
 */
export const strictSignificance = 0.0001;

/** Samples without shared data, on each side: fewer, and not even two tracks wholly apart are beyond chance. */
export const minimumOwnSamples = 5;

/** Samples compared on each side, thinned evenly: more decide nothing and make pairs by the million. */
export const maxComparedSamples = 400;

/** Seconds that a pod of the new track may be starting or not ready where no rule of rollouts says why: three probes and more. */
export const unreadyGraceSeconds = 60;

/** Of the metrics, the part that must pass for the whole to pass; failing beyond the second fails it. */
export const passingShare = 0.95;
export const failingShare = 0.25;
