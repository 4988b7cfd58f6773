/** The one place where errors of the Kubernetes client become failures with a type. */
import { ApiException } from '@kubernetes/client-node';
import { asyncLocalStorage } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, TemporalFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';
import type { FailureType } from '../../domain/failures.ts';

/** Where it happened, for people. */
export interface Place {
  /** kube context. */
  readonly cluster: string;
  readonly namespace: string;
}

/** HTTP status of an error of the client or of its watch; `undefined` when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof ApiException) return error.code;
  const status = field(error, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

/** What the API server said, or what the network did. Never the request, which may hold secrets. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiException) return statusMessage(error.body) ?? `HTTP status ${error.code}`;
  if (field(error, 'name') === 'AbortError') return 'no answer in time';
  return error instanceof Error ? error.message : String(error);
}

/** Turns what a call threw into what the activity throws; errors that are not the cluster's stay as they are. */
export function toFailure(error: unknown, place: Place): unknown {
  if (error instanceof TemporalFailure) return error;
  if (asyncLocalStorage.getStore()?.cancellationSignal.aborted === true) {
    return new CancelledFailure('the activity was cancelled');
  }
  const status = statusOf(error);
  if (status === undefined && !isNetworkError(error)) return error;
  const kind = kindOf(status);
  const nextRetryDelay = retryAfter(error);
  return ApplicationFailure.create({
    type: kind.type,
    nonRetryable: !kind.retryable && !(kind.type === failureTypes.forbidden && outlastsDenial()),
    message: `Cluster ${place.cluster}, namespace ${place.namespace}: ${messageOf(error)}. ${kind.remedy}`,
    ...(nextRetryDelay === undefined ? {} : { nextRetryDelay }),
  });
}

/**
 * Pre-flight saw the rights of all that follows. An API server that restarts, or whose authoriser is
 * away, denies them for a while.
 */
const denialSeconds = 300;

/** Whether this activity's policy lets it try again when it is denied, as for putting things back, and for how long. */
export function outlastsDenial(now = Date.now()): boolean {
  const info = asyncLocalStorage.getStore()?.info;
  if (info?.retryPolicy === undefined) return false;
  const isFinal = info.retryPolicy.nonRetryableErrorTypes?.includes(failureTypes.forbidden) ?? false;
  return !isFinal && now - info.scheduledTimestampMs < denialSeconds * 1000;
}

export function failure(
  type: FailureType,
  place: Place,
  message: string,
  retryable = false,
): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    nonRetryable: !retryable,
    message: `Cluster ${place.cluster}, namespace ${place.namespace}: ${message}`,
  });
}

interface Kind {
  readonly type: FailureType;
  readonly retryable: boolean;
  readonly remedy: string;
}

function kindOf(status: number | undefined): Kind {
  switch (status) {
    case 401:
      return {
        type: failureTypes.forbidden,
        retryable: false,
        remedy: "The cluster does not accept this worker's credentials: renew them in its kubeconfig.",
      };
    case 403:
      return {
        type: failureTypes.forbidden,
        retryable: false,
        remedy: "Grant this right to the account of the cluster's worker.",
      };
    case 404:
      return {
        type: failureTypes.notFound,
        retryable: false,
        remedy: 'Create it, or correct the name in fairway.yaml.',
      };
    case 409:
      return {
        type: failureTypes.conflict,
        retryable: true,
        remedy: 'Somebody changed it at the same moment; it is read again and retried.',
      };
    case undefined:
    case 408:
    case 429:
      return unreachable;
    default:
      return status >= 500
        ? unreachable
        : {
            type: failureTypes.invalidObject,
            retryable: false,
            remedy:
              'The API server refuses the object; a policy of the cluster or the object itself must change.',
          };
  }
}

const unreachable: Kind = {
  type: failureTypes.clusterUnreachable,
  retryable: true,
  remedy: 'The API server could not answer; check that the cluster is up and that this worker reaches it.',
};

/** node-fetch's errors, its aborts on timeout, and what sockets and TLS throw. */
function isNetworkError(error: unknown): boolean {
  const name = field(error, 'name');
  return name === 'FetchError' || name === 'AbortError' || typeof field(error, 'code') === 'string';
}

/** Milliseconds that the server asks to be left alone. */
function retryAfter(error: unknown): number | undefined {
  if (!(error instanceof ApiException)) return undefined;
  const seconds = Number(error.headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** The message of a `Status` object, which arrives as text. */
function statusMessage(body: unknown): string | undefined {
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    const message = field(status, 'message');
    return typeof message === 'string' && message !== '' ? message : undefined;
  } catch {
    return typeof body === 'string' && body !== '' ? body.slice(0, 300).toWellFormed() : undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
