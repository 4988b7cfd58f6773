/** The one translator from helm's results to failures that a person can act on. */
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { failureTypes, type FailureType } from '../../domain/failures.ts';
import type { Target } from '../../domain/target.ts';
import { outlastsDenial } from '../kubernetes/failures.ts';
import { ruleFor } from './failure-rules.ts';
import type { HelmResult } from './helm-cli.ts';
import type { Redact } from './redact.ts';

/** Texts longer than this hide the cause rather than show it. */
const maxTextLength = 1_500;

/** What helm says, from its `Error:` on, without the warnings before it. Cut last: half a value is one too. */
export function errorText(stderr: string, redact: Redact): string {
  const start = stderr.search(/^Error:/m);
  const text = redact(start === -1 ? stderr : stderr.slice(start + 'Error:'.length)).trim();
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength).toWellFormed()} …` : text;
}

/**
 * The failure for a helm call that did not end well. `doing` is what was tried, for example
 * `helm upgrade`; `text` is what helm said, already redacted, when `result` holds an error.
 */
export function helmFailure(
  target: Target,
  doing: string,
  result: Exclude<HelmResult, { outcome: 'done' }>,
  text = '',
): Error {
  const where = `release ${target.service.helm?.release ?? '?'} in ${target.environment.namespace} (${target.environment.cluster})`;
  switch (result.outcome) {
    case 'cancelled':
      return new CancelledFailure(`${doing} of ${where} was cancelled`);
    case 'missing':
      return failure(
        failureTypes.helmMissing,
        false,
        `${doing} of ${where} could not start: there is no helm at ${result.binary}. Install helm 3.14 or newer where this worker runs.`,
      );
    case 'timedOut':
      return failure(
        failureTypes.helmFailed,
        true,
        `${doing} of ${where} was ended after ${result.seconds} s without an answer.`,
      );
    case 'died':
      return failure(failureTypes.helmFailed, true, `${doing} of ${where} ended early (${result.reason}).`);
    case 'failed': {
      const rule = ruleFor(result.stderr);
      return failure(
        rule.type,
        rule.retryable || (rule.type === failureTypes.forbidden && outlastsDenial()),
        `${doing} of ${where} failed: ${text.replace(/\.?$/, '.')} ${rule.remedy}`,
      );
    }
  }
}

/** A refusal of our own; a retry cannot help. */
export function refusal(type: FailureType, message: string): ApplicationFailure {
  return failure(type, false, message);
}

function failure(type: FailureType, retryable: boolean, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, nonRetryable: !retryable, message });
}
