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
  /** People said no, or did not say yes in time. */
  rejected: 'Rejected',
  approvalExpired: 'ApprovalExpired',
  /** The release failed and the target is back on the version it had. */
  rolledBack: 'RolledBack',
  /** The release failed and so did putting things back; the message lists what is left. */
  rollbackFailed: 'RollbackFailed',
  /** It went wrong before anything was changed; or a rollback did, and the target is as it was before it. */
  failed: 'ReleaseFailed',
  /** Ended by a person before anything was changed, or after everything was put back. */
  aborted: 'Aborted',
  /** The release failed and the target was left as a person changed it; the message says how it stands. */
  changedByOther: 'ChangedByOther',
  verificationFailed: 'VerificationFailed',
  /** The new version does worse than the old one, or nobody can tell and nobody is to be asked. */
  analysisFailed: 'AnalysisFailed',
  /** The new pods did not become available; the message names the rule that decided. */
  rolloutFailed: 'RolloutFailed',

  /** The API server did not answer; worth a retry. */
  clusterUnreachable: 'ClusterUnreachable',
  /** The API server answered that this worker may not. */
  forbidden: 'Forbidden',
  notFound: 'NotFound',
  /** Somebody changed the object in the meantime; worth a retry after a fresh read. */
  conflict: 'Conflict',
  /** The API server rejected the object. */
  invalidObject: 'InvalidObject',
  helmFailed: 'HelmFailed',
  helmMissing: 'HelmMissing',
  slackUnavailable: 'SlackUnavailable',
  slackRejected: 'SlackRejected',
  /** The paging service is away or limits its rate; worth a retry. */
  pagingUnavailable: 'PagingUnavailable',
  pagingRejected: 'PagingRejected',
  /** The ticket system or the web hook's receiver is away; worth a retry. */
  incidentUnavailable: 'IncidentUnavailable',
  incidentRejected: 'IncidentRejected',
} as const;

export type FailureType = (typeof failureTypes)[keyof typeof failureTypes];
