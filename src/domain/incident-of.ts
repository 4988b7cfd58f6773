/** From the end of a release to what is written down about it. */
import type { DiagnosisReport } from './diagnosis.ts';
import { optional } from './fields.ts';
import type { Incident, IncidentPolicy, IncidentRecord } from './incident.ts';
import { incidentLinks, type Link, type RunRef } from './links.ts';
import type { Outcome, ReleaseStatus } from './status.ts';
import type { Target } from './target.ts';

export interface IncidentFacts {
  readonly key: string;
  /** ISO 8601, as `endedAt`. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Where the work was done, for a link to it. */
  readonly run?: RunRef;
  /** Beside those to the run, the logs and the metrics. */
  readonly links?: readonly Link[];
  /** Default: the status' own, and of two the later one. */
  readonly diagnosis?: DiagnosisReport;
}

/** An environment that asks for nothing to be written down has no severity either. */
const noPolicy: IncidentPolicy = { severity: 'unrated', postMortem: false };

/** `status` is the final one. */
export function incidentOf(status: ReleaseStatus, target: Target, facts: IncidentFacts): Incident {
  const policy = target.environment.incidents ?? noPolicy;
  const { key, startedAt, endedAt, run, links = [] } = facts;
  const { returnDiagnosis, diagnosis: first } = status;
  const diagnosis = facts.diagnosis ?? returnDiagnosis ?? first;
  return {
    key,
    displayName: target.service.displayName,
    severity: severityOf(policy, status.outcome),
    postMortem: policy.postMortem,
    status: record(status),
    startedAt,
    endedAt,
    ...optional('runs', runsNow(status)),
    ...optional('diagnosis', diagnosis),
    ...optional('diagnosedBefore', diagnosis === returnDiagnosis ? first : undefined),
    links: [
      ...incidentLinks(target, policy, { from: startedAt, to: endedAt, ...optional('run', run) }),
      ...links,
    ],
  };
}

function severityOf({ severity, severities = {} }: IncidentPolicy, outcome: Outcome | undefined): string {
  const byOutcome: { readonly [O in Outcome]?: string | undefined } = severities;
  return (outcome === undefined ? undefined : byOutcome[outcome]) ?? severity;
}

/** Without the plan, the checks and the messages, which would make histories large. */
function record(status: ReleaseStatus): IncidentRecord {
  const { release, service, environment, strategy, version, steps, notes } = status;
  return {
    ...{ release, service, environment, strategy, version, steps, notes },
    ...optional('requestedBy', status.requestedBy),
    ...optional('from', status.from),
    ...optional('to', status.to),
    ...optional('outcome', status.outcome),
    ...optional('reason', status.reason),
    ...optional('decisions', status.decisions),
  };
}

/** Of the other ends only the reason knows: something was left, or somebody else changed it. */
function runsNow({ outcome, strategy, from, to }: ReleaseStatus): string | undefined {
  if (outcome === 'aborted') return from;
  if (outcome === 'rolledBack') return strategy === 'rollback' ? to : from;
  // A rollback that only stopped a release.
  if (outcome === 'unchanged') return to;
  return undefined;
}
