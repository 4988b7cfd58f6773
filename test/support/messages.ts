/** Messages to a running release, as people send them, and the answers that they get. */
import { ApplicationFailure, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { eventualStatus } from './eventually.ts';

/** The answer to an update; of one that was refused, its type and its reason. */
export async function answerTo(handle: WorkflowHandle, name: string, message: unknown): Promise<string> {
  try {
    return await handle.executeUpdate<string, [unknown]>(name, { args: [message] });
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    if (!(error.cause instanceof ApplicationFailure)) throw error;
    return `${error.cause.type}: ${error.cause.message}`;
  }
}

/** The first status that fits; real time passes meanwhile, none of the workflow's. */
export function statusWhen(
  handle: WorkflowHandle,
  fits: (status: ReleaseStatus) => boolean,
): Promise<ReleaseStatus> {
  return eventualStatus(() => handle.query<ReleaseStatus>('status'), fits);
}
