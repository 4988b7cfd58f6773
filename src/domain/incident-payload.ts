/** What a web hook is sent: the facts, redacted. Documented in docs/reference/incident-webhook.md. */
import { ticketTitle } from './incident-text.ts';
import { timelineOf } from './incident-timeline.ts';
import { maxSentence } from './incident-words.ts';
import type { Incident } from './incident.ts';
import { postMortemDraft } from './post-mortem.ts';
import { excerpt, redact } from './redact.ts';

/** Changes when a receiver has to. */
const schema = 'fairway.incident/v1';

export interface IncidentPayload {
  readonly schema: typeof schema;
  readonly key: string;
  readonly title: string;
  readonly severity: string;
  readonly service: string;
  readonly displayName: string;
  readonly environment: string;
  /** Workflow ID that the person chose. */
  readonly release: string;
  readonly strategy: string;
  readonly version: string;
  readonly requestedBy: string | null;
  /** `rolledBack`, `rollbackFailed`, `failed`, `aborted`, or `unchanged`: a rollback had only to stop a release. */
  readonly outcome: string | null;
  readonly reason: string | null;
  /** Images: what ran before, was to run, and runs now. */
  readonly from: string | null;
  readonly to: string | null;
  readonly runs: string | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly timeline: readonly {
    readonly at: string;
    readonly what: string;
    readonly detail: string | null;
  }[];
  readonly diagnosis: {
    readonly summary: string;
    readonly findings: readonly {
      readonly rule: string;
      readonly headline: string;
      readonly cause: string;
      readonly remedy: string;
      readonly evidence: readonly string[];
    }[];
  } | null;
  readonly links: readonly { readonly text: string; readonly href: string }[];
  readonly ticketUrl: string | null;
  /** A draft, as Markdown. */
  readonly postMortem: string | null;
}

export function incidentPayload(incident: Incident, ticketUrl?: string): IncidentPayload {
  const { status, startedAt, endedAt, diagnosis } = incident;
  return {
    schema,
    key: incident.key,
    title: ticketTitle(incident),
    severity: incident.severity,
    service: status.service,
    displayName: incident.displayName,
    environment: status.environment,
    release: status.release,
    strategy: status.strategy,
    version: status.version,
    requestedBy: words(status.requestedBy),
    outcome: status.outcome ?? null,
    reason: words(status.reason),
    from: words(status.from),
    to: words(status.to),
    runs: words(incident.runs),
    startedAt,
    endedAt,
    timeline: timelineOf(incident).map(({ at, what, detail }) => ({
      at,
      what: excerpt(what, maxSentence),
      detail: words(detail),
    })),
    diagnosis:
      diagnosis === undefined
        ? null
        : {
            summary: excerpt(diagnosis.summary, maxSentence),
            findings: diagnosis.findings.map(({ rule, headline, cause, remedy, evidence }) => ({
              rule,
              headline: excerpt(headline, maxSentence),
              cause: excerpt(cause, maxSentence),
              remedy: excerpt(remedy, maxSentence),
              evidence: evidence.map(({ subject, detail }) => excerpt(`${subject}: ${detail}`, maxSentence)),
            })),
          },
    links: incident.links.map(({ text, href }) => ({ text, href: redact(href) })),
    ticketUrl: ticketUrl ?? null,
    postMortem: incident.postMortem ? postMortemDraft(incident) : null,
  };
}

function words(text: string | undefined): string | null {
  return text === undefined ? null : excerpt(text, maxSentence);
}
