/** What is written down after a release went wrong: a ticket, and for some environments a post-mortem's draft. */
import type { DiagnosisReport } from './diagnosis.ts';
import type { Link } from './links.ts';
import type { Outcome, ReleaseStatus } from './status.ts';

/** The ends of a release that are written down. */
export type IncidentOutcome = Extract<Outcome, 'rolledBack' | 'rollbackFailed' | 'failed'>;

/** Absent in a target: nothing is written down. */
export interface IncidentPolicy {
  /** As the team's own scale words it, for example `SEV2`. */
  readonly severity: string;
  /** In place of it, by how the release ended. */
  readonly severities?: { readonly [O in IncidentOutcome]?: string | undefined };
  /** Absent: no ticket at the code host. */
  readonly ticket?: {
    readonly owner: string;
    readonly repository: string;
    readonly labels: readonly string[];
    readonly assignees: readonly string[];
  };
  /** Absent: no web hook is called. Signed with `FAIRWAY_WEBHOOK_SECRET`. */
  readonly webhook?: WebhookRef;
  /** Ticket and web hook hold a post-mortem's draft. */
  readonly postMortem: boolean;
  /** With `{{service}}`, `{{environment}}`, `{{namespace}}`, `{{deployment}}`, `{{from}}` and `{{to}}` (milliseconds since 1970). */
  readonly logsUrl?: string;
  readonly metricsUrl?: string;
}

/** The path of its address may be the secret, which stays in fairway.yaml. Releases of before carry the whole of it. */
export type WebhookRef = { readonly host: string } | { readonly url: string };

/** Everything that the texts are made of; from the release's own record. Not yet redacted: the texts are. */
export interface Incident {
  /** The same for every attempt to write it down: workflow ID and run. */
  readonly key: string;
  readonly displayName: string;
  readonly severity: string;
  readonly postMortem: boolean;
  /** How it ended, with every step and decision. */
  readonly status: IncidentRecord;
  /** ISO 8601, as `endedAt`. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** The image that is running now; absent: the reason says how it stands. */
  readonly runs?: string;
  readonly diagnosis?: DiagnosisReport;
  /** The one before anything was put back, where the other one is of what could not be. */
  readonly diagnosedBefore?: DiagnosisReport;
  readonly links: readonly Link[];
}

/** The part of a release's status that matters afterwards. */
export type IncidentRecord = Pick<
  ReleaseStatus,
  | 'release'
  | 'service'
  | 'environment'
  | 'strategy'
  | 'version'
  | 'requestedBy'
  | 'from'
  | 'to'
  | 'outcome'
  | 'reason'
  | 'steps'
  | 'decisions'
  | 'notes'
>;
