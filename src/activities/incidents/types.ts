/** Writes down what went wrong, once. Runs on the control task queue. */
import type { Incident, IncidentPolicy } from '../../domain/incident.ts';

export interface OpenTicketInput {
  readonly ticket: NonNullable<IncidentPolicy['ticket']>;
  /** Found again by it: a repeated call answers the ticket that is there. */
  readonly key: string;
  readonly title: string;
  /** Markdown, at most 65,536 characters. */
  readonly body: string;
}

export interface Ticket {
  readonly url: string;
  readonly number: number;
}

export interface CallWebhookInput {
  readonly url: string;
  /** Sent as a header, so that the receiver can drop a repetition. */
  readonly key: string;
  readonly incident: Incident;
  /** Where the ticket is, if there is one. */
  readonly ticketUrl?: string;
}

/**
 * Throws `IncidentUnavailable` (worth a retry) and `IncidentRejected`. A missing token or secret is `IncidentRejected`
 * with the name of the variable to set.
 */
export interface IncidentActivities {
  openTicket(input: OpenTicketInput): Promise<Ticket>;
  callWebhook(input: CallWebhookInput): Promise<{ readonly status: number }>;
}
