/** Every message that a workflow answers or sends: constant = wire name + kind. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ReleaseStatus } from '../domain/status.ts';

/** `{}` or nothing in, the release's status out. */
export const statusQuery = defineQuery<ReleaseStatus>('status');

/** `{"by": "name", "reason": "text"}`: stop now and put the target back. */
export const abortSignal = defineSignal<[unknown]>('abort');
/** As the signal, with an answer. */
export const abortUpdate = defineUpdate<string, [unknown]>('abort');

/** From the workflow that holds the target to the one that asked for it. */
export const progressSignal = defineSignal<[ReleaseStatus]>('progress');
