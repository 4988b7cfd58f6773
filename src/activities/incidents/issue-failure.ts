/** Turns what GitHub's client throws into failures that say whether to retry and what to do. */
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/failures.ts';
import { minuteWords } from '../../domain/minute-words.ts';
import { excerpt } from '../../domain/redact.ts';
import { causeOf } from '../cause.ts';
import { quietUntil, refusalOf, said, type GithubRefusal } from '../github-refusal.ts';
import { maxPages, maxQuote, pageSize, untilDecided } from './limits.ts';

const needed =
  'FAIRWAY_GITHUB_TOKEN has to be a token that may read and write the issues of the repository (a fine-grained one: Issues, read and write)';

/**
 * `doing` is the call in words, for example `open a ticket in org/ops`; without an error the answer was not GitHub's.
 * `mayHaveHappened`: the call may have been carried out although nobody heard of it.
 */
export function issueFailure(
  error: unknown,
  where: string,
  doing: string,
  otherwise: 'repeatable' | 'mayHaveHappened' = 'repeatable',
): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const subject = `GitHub could not ${doing}`;
  if (error === undefined)
    return rejected(
      `${subject}: the answer was not that of a GitHub API. Check codeHost.url in fairway.yaml (of an own installation it ends in /api/v3) and any proxy on the way.`,
    );
  const pause = otherwise === 'mayHaveHappened' ? untilDecided : undefined;
  const refusal = refusalOf(error);
  if (refusal?.response === undefined)
    return unavailable(
      `${subject}: no answer (${causeOf(error)}). It is tried again; if it stays so, check the worker's way to GitHub and codeHost.url in fairway.yaml.`,
      pause,
    );
  const quiet = quietUntil(error, Date.now());
  if (quiet !== undefined)
    return unavailable(
      `${subject}: its rate limit is reached until ${minuteWords(new Date(quiet).toISOString())}. It is tried again then.`,
      quiet - Date.now(),
    );
  if (refusal.status >= 500)
    return unavailable(
      `${subject}: it has trouble of its own (HTTP ${refusal.status}). It is tried again.`,
      pause,
    );
  return rejected(`${subject}: ${refusalWords(refusal, where)}.`);
}

export function tooManyIssues(where: string, since: string): ApplicationFailure {
  return rejected(
    `GitHub lists more than ${maxPages * pageSize} issues in ${where} since ${minuteWords(since)}, and whether one of them is the ticket is not known. Open the ticket by hand, and name a repository for tickets in fairway.yaml.`,
  );
}

function refusalWords({ status, response }: GithubRefusal, where: string): string {
  const words = said(response?.data);
  switch (status) {
    case 401:
      return `it does not accept this worker's token${words}. Put a valid token into FAIRWAY_GITHUB_TOKEN and restart the worker`;
    case 403:
      return forbidden(response?.headers ?? {}, words);
    case 404:
      return `it shows no repository ${where} to this worker${words}. Correct incidents.ticket in fairway.yaml; ${needed}`;
    case 410:
      return `the repository has no issues${words}. Turn issues on in the settings of ${where}, or name another repository in fairway.yaml`;
    case 422:
      return `it does not take the ticket${words}${fields(response?.data)}. Check incidents.ticket in fairway.yaml`;
    default:
      return `it refused (HTTP ${status})${words}. Check incidents.ticket and codeHost.url in fairway.yaml`;
  }
}

function forbidden(headers: Readonly<Record<string, unknown>>, words: string): string {
  const sso = headers['x-github-sso'];
  if (typeof sso === 'string' && sso.startsWith('required'))
    return `the organisation has not let this worker's token in${words}. Authorise the token of FAIRWAY_GITHUB_TOKEN for the organisation (single sign-on)`;
  const accepted = headers['x-accepted-github-permissions'];
  const which =
    typeof accepted === 'string' && accepted !== '' ? ` (needed: ${excerpt(accepted, maxQuote)})` : '';
  return `this worker's token may not do that${which}${words}. ${needed}`;
}

/** What is wrong with which part, as GitHub lists it. */
function fields(data: unknown): string {
  const { errors } = (data ?? {}) as { readonly errors?: unknown };
  if (!Array.isArray(errors)) return '';
  const words = (errors as readonly Readonly<Record<string, unknown>>[]).map(({ field, code, message }) =>
    [field, message ?? code].filter((part) => typeof part === 'string').join(' '),
  );
  return words.length === 0 ? '' : ` (${excerpt(words.join('; '), maxQuote)})`;
}

function unavailable(message: string, pause?: number): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: failureTypes.incidentUnavailable,
    ...(pause === undefined ? {} : { nextRetryDelay: Math.max(1_000, pause) }),
  });
}

function rejected(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.incidentRejected);
}
