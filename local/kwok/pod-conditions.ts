/** What stages look at in a pod. */
import { annotations } from './annotations.ts';
import { behavioursWithFate, type Fate } from './behaviours.ts';
import { annotation, exists, isAbsent, isIn, isNotIn, type Requirement } from './stage.ts';

const container = '.status.containerStatuses.[0]';

export const alive = isAbsent('.metadata.deletionTimestamp');
export const isRunning = exists(`${container}.state.running.startedAt`);
export const hasExited = exists(`${container}.state.terminated.finishedAt`);
export const restarts = `${container}.restartCount | tostring`;
const owners = '.metadata.ownerReferences.[].kind';
export const ofJob = isIn(owners, 'Job');
export const notOfJob = isNotIn(owners, 'Job');
export const readyCondition = '.status.conditions.[] | select( .type == "Ready" ) | .status';

/** The pod's behaviour has one of these fates. */
export function fate(...fates: readonly Fate[]): Requirement {
  return isIn(annotation(annotations.behaviour), ...behavioursWithFate(...fates));
}

export function isWaiting(reason: string): Requirement {
  return isIn(`${container}.state.waiting.reason`, reason);
}
