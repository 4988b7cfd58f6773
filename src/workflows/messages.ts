/** Every message that a workflow answers or sends: constant = wire name + kind. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ReleaseStatus } from '../domain/status.ts';

/** `{}` or nothing in, the release's status out. */
export const statusQuery = defineQuery<ReleaseStatus>('status');

/** `{"by": "name", "reason": "text"}`: stop now and put the target back. */
export const abortSignal = defineSignal<[unknown]>('abort');
/** As the signal, with an answer. */
export const abortUpdate = defineUpdate<string, [unknown]>('abort');

/** `{"by": "name"}`: the running bake is long enough, or the gate may open; with `"full": true`, to the end. */
export const promoteSignal = defineSignal<[unknown]>('promote');
export const promoteUpdate = defineUpdate<string, [unknown]>('promote');

/** `{"by": "name", "reason": "text"}`: stay where it is until `resume`. */
export const pauseSignal = defineSignal<[unknown]>('pause');
export const pauseUpdate = defineUpdate<string, [unknown]>('pause');
export const resumeSignal = defineSignal<[unknown]>('resume');
export const resumeUpdate = defineUpdate<string, [unknown]>('resume');

/** What people send to a running release. */
export const personMessages = [
  { signal: abortSignal, update: abortUpdate },
  { signal: promoteSignal, update: promoteUpdate },
  { signal: pauseSignal, update: pauseUpdate },
  { signal: resumeSignal, update: resumeUpdate },
];

/** From the workflow that holds the target to the one that asked for it. */
export const progressSignal = defineSignal<[ReleaseStatus]>('progress');
