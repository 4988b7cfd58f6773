/** Opens tickets and calls web hooks through the real clients, with local servers on the other side. */
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createGithubClient } from '../../../src/activities/github-client.ts';
import { createIncidentActivities } from '../../../src/activities/incidents/index.ts';
import type { Http } from '../../../src/activities/http.ts';
import type { Ticket } from '../../../src/activities/incidents/types.ts';
import { ticketOf } from '../../../src/domain/incident-text.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { anIncident, policy } from '../../support/an-incident.ts';

export const githubToken = `ghp_${'a1B2'.repeat(9)}`;
export const webhookSecret = 'a-secret-of-enough-length';

/** An incident of now, for the server's clock is the real one. */
export function incidentNow(change: Parameters<typeof anIncident>[0] = {}): Incident {
  const startedAt = new Date(Date.now() - 60_000).toISOString();
  return anIncident({
    ...change,
    facts: { startedAt, endedAt: new Date().toISOString(), ...change.facts },
  });
}

/** Failures are what most of these tests are about; they need not be printed, too. */
function quiet(): MockActivityEnvironment {
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
}

/** What the activity threw; throws when it did not. */
export async function failureOf(running: Promise<unknown>): Promise<ApplicationFailure> {
  try {
    await running;
  } catch (error) {
    if (error instanceof ApplicationFailure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

export interface OpenOptions {
  readonly token?: string | undefined;
  readonly timeout?: number;
  readonly ticket?: Partial<NonNullable<typeof policy.ticket>>;
}

export function openTicket(url: string, incident: Incident, options: OpenOptions = {}): Promise<Ticket> {
  const token = 'token' in options ? options.token : githubToken;
  const { timeout = 20_000 } = options;
  const activities = createIncidentActivities({
    github: token === undefined ? undefined : createGithubClient({ token, url, timeout }),
    http: fetch,
    webhookOf: () => undefined,
  });
  const input = { ticket: { ...policy.ticket!, ...options.ticket }, ...ticketOf(incident) };
  return quiet().run(activities.openTicket, input) as Promise<Ticket>;
}

export interface CallOptions {
  readonly secret?: string | undefined;
  readonly timeout?: number;
  readonly ticketUrl?: string;
  readonly http?: Http;
  /** The address is given, as workflows of before did. */
  readonly given?: boolean;
  /** That has the web hook; default: the incident's. */
  readonly environment?: string;
}

export function callWebhook(
  url: string,
  incident: Incident,
  options: CallOptions = {},
): Promise<{ status: number }> {
  const { timeout = 20_000, ticketUrl, http = fetch, environment = incident.status.environment } = options;
  const webhookSecretOrNone = 'secret' in options ? options.secret : webhookSecret;
  const activities = createIncidentActivities({
    webhookOf: (name) => (name === environment ? url : undefined),
    ...{ webhookSecret: webhookSecretOrNone, http, timeout },
  });
  return quiet().run(activities.callWebhook, {
    ...(options.given === true ? { url } : {}),
    incident,
    ...(ticketUrl === undefined ? {} : { ticketUrl }),
  }) as Promise<{ status: number }>;
}
