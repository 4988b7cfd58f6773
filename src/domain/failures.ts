/**
 * Failure types on the wire (`ApplicationFailure.type`). Code branches on these, never on
 * message text. Every message says what happened, where, and what to do next.
 */
export const failureTypes = {
  /** The input is wrong; nothing was changed. */
  invalidRequest: 'InvalidRequest',
  /** fairway.yaml names no such service or environment. */
  unknownTarget: 'UnknownTarget',
  /** Another release holds the target. */
  targetLocked: 'TargetLocked',
  /** Pre-flight or plan said no; nothing was changed. */
  refused: 'ReleaseRefused',
  /** People said no; nothing was changed. */
  rejected: 'Rejected',
  /** People did not say yes in time; nothing was changed. */
  approvalExpired: 'ApprovalExpired',
  /** The release failed and the target is back on the version it had. */
  rolledBack: 'RolledBack',
  /** The release failed and so did putting things back; the message lists what is left. */
  rollbackFailed: 'RollbackFailed',
  /** It went wrong before anything was changed; or a rollback did, and the target is as it was before it; or nobody could look. */
  failed: 'ReleaseFailed',
  /** Ended by a person before anything was changed, or after everything was put back. */
  aborted: 'Aborted',
  /** The release failed and the target was left as a person changed it; the message says how it stands. */
  changedByOther: 'ChangedByOther',
  /** A required check did not pass, or gave no answer; the message names the first such one. */
  verificationFailed: 'VerificationFailed',
  /** The new version does worse than the old one, or nobody can tell and nobody is to be asked. */
  analysisFailed: 'AnalysisFailed',
  /** The new pods did not become available; the message names the rule that decided. */
  rolloutFailed: 'RolloutFailed',

  /** The API server did not answer; worth a retry. */
  clusterUnreachable: 'ClusterUnreachable',
  /** The API server answered that this worker may not. */
  forbidden: 'Forbidden',
  /** The API server has no such object. */
  notFound: 'NotFound',
  /** Somebody changed the object in the meantime; worth a retry after a fresh read. */
  conflict: 'Conflict',
  /** The API server rejected the object. */
  invalidObject: 'InvalidObject',
  /** helm ran and failed, or its release cannot be worked with; the message holds its own words. */
  helmFailed: 'HelmFailed',
  /** The worker finds no helm that it can run. */
  helmMissing: 'HelmMissing',
  /** Slack is away or limits its rate; worth a retry. */
  slackUnavailable: 'SlackUnavailable',
  /** Slack refused the message, for example for its token or its channel. */
  slackRejected: 'SlackRejected',
  /** The paging service is away or limits its rate; worth a retry. */
  pagingUnavailable: 'PagingUnavailable',
  /** The paging service refused the page, for example for its routing key. */
  pagingRejected: 'PagingRejected',
  /** The ticket system or the web hook's receiver is away; worth a retry. */
  incidentUnavailable: 'IncidentUnavailable',
  /** The ticket system or the web hook's receiver refused what it was sent. */
  incidentRejected: 'IncidentRejected',
} as const;

export type FailureType = (typeof failureTypes)[keyof typeof failureTypes];
