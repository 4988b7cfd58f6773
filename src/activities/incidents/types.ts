/** Writes down what went wrong, once. Runs on the control task queue. */
import type { Incident, IncidentPolicy } from '../../domain/incident.ts';

export interface OpenTicketInput {
  readonly ticket: NonNullable<IncidentPolicy['ticket']>;
  readonly title: string;
  /** Markdown, at most 65,536 characters, with the mark. */
  readonly body: string;
  /** A line of the body, the same for every attempt: a repeated call answers the ticket that has it. */
  readonly mark: string;
  /** ISO 8601: there is no such ticket from before, for example the start of the release. */
  readonly since: string;
}

export interface Ticket {
  readonly url: string;
  readonly number: number;
  /** What GitHub did not do of what was asked, for example an assignee whom it does not know, and what to do. */
  readonly note?: string;
}

export interface CallWebhookInput {
  /** Absent: the address that fairway.yaml has for the incident's environment. Workflows of before give it. */
  readonly url?: string;
  readonly incident: Incident;
  /** Where the ticket is, if there is one. */
  readonly ticketUrl?: string;
}

/**
 * Throws `IncidentUnavailable` (worth a retry) and `IncidentRejected`. A missing token or secret is `IncidentRejected`
 * with the name of the variable to set.
 */
export interface IncidentActivities {
  /** Looks for the mark before it opens a ticket, and again after: of two attempts at once, one ticket stays. */
  openTicket(input: OpenTicketInput): Promise<Ticket>;
  /** Sends the incident's key along, so that the receiver can drop a repetition. */
  callWebhook(input: CallWebhookInput): Promise<{ readonly status: number }>;
}
