/** How failures begin and how they are read. A plain Error would retry the workflow task for ever. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { maxFailureText } from '../domain/defaults.ts';
import type { FailedJudgement } from '../domain/diagnosis-failure.ts';
import { failureTypes, type FailureType } from '../domain/failures.ts';
import type { Parsed } from '../domain/fields.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import type { EnvironmentSpec } from '../domain/target.ts';

/** The parsed request, or a failure that lists everything that is wrong with it. */
export function accept<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.request;
  throw failure(
    failureTypes.invalidRequest,
    `The input was refused and nothing was changed: ${parsed.problems.join('; ')}.`,
  );
}

/** A failure that ends the workflow, with the release's status as its readable detail. */
export function failure(type: FailureType, message: string, status?: ReleaseStatus): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    // Half a character, cut or typed, could not be sent.
    message: (message.length > maxFailureText
      ? `${message.slice(0, maxFailureText)}…`
      : message
    ).toWellFormed(),
    nonRetryable: true,
    ...(status === undefined ? {} : { details: [status] }),
  });
}

/** What was looked at when it turned out not to be well: what a diagnosis should look at, too. */
export interface Suspect {
  /** Name of the Deployment. */
  readonly deployment: string;
  /** Absent: whatever its template says. */
  readonly image?: string;
  /** The checks, metrics and alerts that it failed by. */
  readonly judged?: readonly FailedJudgement[];
}

/** A failure that lies with the pods of a Deployment. */
export function failureOf(suspect: Suspect, type: FailureType, message: string): ApplicationFailure {
  const { message: shortened } = failure(type, message);
  return ApplicationFailure.create({ type, message: shortened, nonRetryable: true, details: [{ suspect }] });
}

export function suspectOf(error: unknown): Suspect | undefined {
  if (!(error instanceof ApplicationFailure)) return undefined;
  const [first] = (error.details ?? []) as readonly ({ readonly suspect?: Suspect } | null | undefined)[];
  return first?.suspect;
}

/** The status that `failure` was given, if this is one. */
export function statusOf(error: unknown): ReleaseStatus | undefined {
  return error instanceof ApplicationFailure
    ? ((error.details?.[0] as ReleaseStatus | null | undefined) ?? undefined)
    : undefined;
}

/** The innermost thing that went wrong, in words for a person. */
export function reasonOf(error: unknown): string {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) {
    if (error.cause instanceof TimeoutFailure) return timeoutReason(error, error.cause);
    return error.cause === undefined ? error.message : reasonOf(error.cause);
  }
  if (error instanceof CancelledFailure) return 'cancelled';
  return error instanceof Error ? error.message : String(error);
}

/** The failure type on the wire, if there is one. */
export function typeOf(error: unknown): string | undefined {
  if (error instanceof ApplicationFailure) return error.type ?? undefined;
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return typeOf(error.cause);
  return undefined;
}

/** Only the environment's own activities have an end to how long they may lie in their task queue. */
export function unserved(error: unknown, environment: EnvironmentSpec | undefined): unknown {
  if (environment === undefined || !(error instanceof ActivityFailure)) return error;
  if (!(error.cause instanceof TimeoutFailure) || error.cause.timeoutType !== 'SCHEDULE_TO_START')
    return error;
  const { name, taskQueue } = environment;
  return failure(
    failureTypes.failed,
    `no worker serves the task queue ${taskQueue}, where ${error.activityType} waited for one: start one with --environment ${name}`,
  );
}

function timeoutReason(error: ActivityFailure | ChildWorkflowFailure, timeout: TimeoutFailure): string {
  const what = error instanceof ActivityFailure ? error.activityType : error.workflowType;
  const last = timeout.cause === undefined ? '' : `; last seen: ${reasonOf(timeout.cause)}`;
  return `${what} got no answer in time (${timeout.timeoutType ?? 'timeout'})${last}`;
}
