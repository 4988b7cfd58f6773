/**
 * What helm's errors mean. helm has a single exit code, so its wording is read here and nowhere
 * else: everything after this branches on the failure's type.
 */
import { failureTypes, type FailureType } from '../../domain/failures.ts';

export interface Rule {
  readonly says: RegExp;
  readonly type: FailureType;
  readonly retryable: boolean;
  /** Whether helm may quote a value of the release here. */
  readonly quotes: boolean;
  readonly remedy: string;
}

/**
 * The first rule that matches decides. Errors that quote values come first, for a value may hold the
 * words of any other; then a repository's "connection refused", which is not the cluster's.
 */
const rules: readonly Rule[] = [
  {
    // Whatever helm was doing, somebody ended it: as the worker does when it shuts down.
    says: /context cancell?ed\.?\s*$/,
    type: failureTypes.helmFailed,
    retryable: true,
    quotes: true,
    remedy: 'Somebody ended helm; it is tried again.',
  },
  {
    says: /don't meet the specifications of the schema/,
    type: failureTypes.helmFailed,
    retryable: false,
    quotes: true,
    remedy: "Bring the release's values in line with the chart's schema.",
  },
  {
    says: /\bis invalid:|error validating|unable to build kubernetes objects/i,
    type: failureTypes.invalidObject,
    retryable: false,
    quotes: true,
    remedy: 'Correct the chart or the values that it is given.',
  },
  {
    says: /template:|parse error|execution error|yaml:|hooks? failed|cannot be imported/i,
    type: failureTypes.helmFailed,
    retryable: false,
    quotes: true,
    remedy: 'Correct the chart or the values that it is given.',
  },
  {
    says: /(?:not a valid chart repository or cannot be reached|\/v2\/\S+").*(?:refused|timeout|no such host|reset|: 50\d\b)/is,
    type: failureTypes.helmFailed,
    retryable: true,
    quotes: false,
    remedy: 'Check that the chart repository or registry answers.',
  },
  {
    says: /not a valid chart repository|not found in \S+ repository|chart .* not found|path ".*" not found|failed to (?:fetch|download|perform)|no chart version found|Chart\.yaml file is missing/is,
    type: failureTypes.helmFailed,
    retryable: false,
    quotes: false,
    remedy: "Check the service's chart, repository and version in the configuration.",
  },
  {
    says: /context ".*" does not exist|no context exists|invalid configuration/i,
    type: failureTypes.clusterUnreachable,
    retryable: false,
    quotes: false,
    remedy: "Check the environment's cluster against the contexts of the kubeconfig.",
  },
  {
    says: /asked for the client to provide credentials|unauthorized/i,
    type: failureTypes.forbidden,
    retryable: false,
    quotes: false,
    remedy: "Renew the worker's credentials for this cluster.",
  },
  {
    says: /\bforbidden\b.*\bcannot\b|\bcannot\b.*\bforbidden\b/is,
    type: failureTypes.forbidden,
    retryable: false,
    quotes: false,
    remedy: 'Grant the worker the permission that is named.',
  },
  {
    says: /already exists|object has been modified|operation cannot be fulfilled/i,
    type: failureTypes.conflict,
    retryable: true,
    quotes: false,
    remedy: 'Somebody else worked on the release at the same moment.',
  },
  {
    says: /another operation \(install\/upgrade\/rollback\) is in progress/,
    type: failureTypes.helmFailed,
    retryable: true,
    quotes: false,
    remedy: 'It is looked at again.',
  },
  {
    says: /release: not found|has no deployed releases|release has no \S+ version/,
    type: failureTypes.notFound,
    retryable: false,
    quotes: false,
    remedy: 'See `helm history` for what is there.',
  },
  {
    says: /cluster unreachable|connection (?:refused|reset)|i\/o timeout|no such host|tls handshake timeout|deadline exceeded|etcdserver|currently unable to handle|\bEOF$/im,
    type: failureTypes.clusterUnreachable,
    retryable: true,
    quotes: false,
    remedy: 'Check that the API server answers.',
  },
];

const unknown: Rule = {
  says: /(?:)/,
  type: failureTypes.helmFailed,
  retryable: false,
  quotes: true,
  remedy: 'Run `helm history` and `helm status` to see how the release is.',
};

export function ruleFor(stderr: string): Rule {
  return rules.find(({ says }) => says.test(stderr)) ?? unknown;
}

export function isReleaseNotFound(stderr: string): boolean {
  return /release: not found/.test(stderr);
}

export function isOperationInProgress(stderr: string): boolean {
  return /another operation \(install\/upgrade\/rollback\) is in progress/.test(stderr);
}

/** The cluster did not answer, or did not let us: nothing can be said of the release. */
export function isAboutTheCluster(stderr: string): boolean {
  const { type } = ruleFor(stderr);
  return type === failureTypes.clusterUnreachable || type === failureTypes.forbidden;
}

/** Whether the text must be cleared of the release's values before anybody reads it. */
export function mayQuoteValues(stderr: string): boolean {
  return ruleFor(stderr).quotes;
}
