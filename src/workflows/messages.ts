/** Every message that a workflow answers or sends: constant = wire name + kind. */
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { MessageName } from '../domain/person-message.ts';
import type { ReleaseStatus } from '../domain/status.ts';

/** `{}` or nothing in, the release's status out. */
export const statusQuery = defineQuery<ReleaseStatus>('status');

/** `{"by": "name", "reason": "text"}`: stop now and put the target back. */
export const abortSignal = defineSignal<[unknown, Forwarded?]>('abort');
/** As the signal, with an answer. */
export const abortUpdate = defineUpdate<string, [unknown]>('abort');

/** `{"by": "name"}`: the running bake is long enough, or the gate may open; with `"full": true`, to the end. */
export const promoteSignal = defineSignal<[unknown, Forwarded?]>('promote');
export const promoteUpdate = defineUpdate<string, [unknown]>('promote');

/** `{"by": "name", "reason": "text"}`: stay where it is until `resume`. */
export const pauseSignal = defineSignal<[unknown, Forwarded?]>('pause');
export const pauseUpdate = defineUpdate<string, [unknown]>('pause');
export const resumeSignal = defineSignal<[unknown, Forwarded?]>('resume');
export const resumeUpdate = defineUpdate<string, [unknown]>('resume');

/** `{"by": "name"}`: yes to the plan, or to the gate that waits; with `"plan"`, only to the plan of this digest. */
export const approveSignal = defineSignal<[unknown, Forwarded?]>('approve');
export const approveUpdate = defineUpdate<string, [unknown]>('approve');

/** `{"by": "name"}`: takes one's own approval back, until the strategy starts. */
export const revokeSignal = defineSignal<[unknown, Forwarded?]>('revoke');
export const revokeUpdate = defineUpdate<string, [unknown]>('revoke');

/** `{"by": "name", "reason": "text"}`: no; ends the release. */
export const rejectSignal = defineSignal<[unknown, Forwarded?]>('reject');
export const rejectUpdate = defineUpdate<string, [unknown]>('reject');

/** `{"by": "name", "item": "name of a checklist item", "link": "https://…"}`: this is done. */
export const attestSignal = defineSignal<[unknown, Forwarded?]>('attest');
export const attestUpdate = defineUpdate<string, [unknown]>('attest');

/** `{"by": "name", "what": "window" | "promotion", "reason": "text"}`: go all the same. */
export const overrideSignal = defineSignal<[unknown, Forwarded?]>('override');
export const overrideUpdate = defineUpdate<string, [unknown]>('override');

/** Passed on by the workflow that people started: what its report of the answer is recognised by. */
export interface Forwarded {
  readonly id: string;
}

export interface PersonMessageDefinition {
  readonly name: MessageName;
  readonly signal: SignalDefinition<[unknown, Forwarded?]>;
  readonly update: UpdateDefinition<string, [unknown]>;
}

/** What people send to a running release. */
export const personMessages: readonly PersonMessageDefinition[] = [
  { name: 'approve', signal: approveSignal, update: approveUpdate },
  { name: 'revoke', signal: revokeSignal, update: revokeUpdate },
  { name: 'reject', signal: rejectSignal, update: rejectUpdate },
  { name: 'attest', signal: attestSignal, update: attestUpdate },
  { name: 'override', signal: overrideSignal, update: overrideUpdate },
  { name: 'abort', signal: abortSignal, update: abortUpdate },
  { name: 'promote', signal: promoteSignal, update: promoteUpdate },
  { name: 'pause', signal: pauseSignal, update: pauseUpdate },
  { name: 'resume', signal: resumeSignal, update: resumeUpdate },
];

/** From the workflow that holds the target to the one that asked for it. */
export const progressSignal = defineSignal<[ReleaseStatus]>('progress');
