/**
 * What follows a release that went wrong: somebody is woken, a ticket is opened, a web hook is called. It holds no
 * target, so it may take as long as the other systems need.
 */
import type { SlackMessageRef } from '../activities/slack/types.ts';
import { incidentOf } from '../domain/incident-of.ts';
import { ticketOf } from '../domain/incident-text.ts';
import type { Incident, WebhookRef } from '../domain/incident.ts';
import type { RunRef } from '../domain/links.ts';
import { pageOf } from '../domain/paging-text.ts';
import type { PagingOccasion } from '../domain/paging.ts';
import type { ReleaseStatus } from '../domain/status.ts';
import type { Target } from '../domain/target.ts';
import { incidents } from './activity-options.ts';
import { Announcer } from './announcer.ts';
import { reasonOf } from './failure.ts';
import { letSleep, wake } from './pagers.ts';
import { Progress } from './progress.ts';

const asleepWords = 'nobody was paged';

export interface IncidentInput {
  readonly target: Target;
  /** How the release ended. */
  readonly status: ReleaseStatus;
  /** ISO 8601, as `endedAt`. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** The run that went wrong. */
  readonly run: RunRef;
  /** Absent: nobody is woken. */
  readonly page?: PagingOccasion;
  readonly writeDown: boolean;
  /** Keys of pages that are over, which the vendor could not be told yet. */
  readonly close?: readonly string[];
  /** The release's message in its channel. */
  readonly message?: SlackMessageRef;
}

interface Scene extends IncidentInput {
  readonly incident: Incident;
  readonly progress: Progress;
  readonly announcer: Announcer;
}

/** Answers what was done, one line each, and that nobody was woken; what could not be done is a note and ends it as `failed`. */
export async function incident(input: IncidentInput): Promise<readonly string[]> {
  const { target, status, startedAt, endedAt, run, message } = input;
  const { service, environment, version } = status;
  const progress = new Progress({ service, environment, version, strategy: 'incident' }, []);
  const announcer = new Announcer(target, progress, message);
  const key = `${status.release}/${run.runId}`;
  const scene: Scene = {
    ...{ ...input, progress, announcer },
    incident: incidentOf(status, target, { key, startedAt, endedAt, run }),
  };
  const paged = tellPagers(scene);
  const written = input.writeDown ? await writeDown(scene) : [];
  const done = [...(await paged), ...written];
  await announcer.settled();
  const { notes } = progress.status;
  await progress.finish(notes.length === 0 ? 'recorded' : 'failed', [...done, ...notes].join('; '));
  // Whoever reads the release must know that nobody was woken, and why.
  const asleep = notes.filter((note) => note.startsWith(`${asleepWords}: `));
  return [...asleep, ...done];
}

async function tellPagers(scene: Scene): Promise<readonly string[]> {
  const { target, status, page: occasion, close = [], endedAt, incident: seen } = scene;
  const policy = target.environment.paging;
  if (policy === undefined) return [];
  const { release, service, environment } = status;
  const end = { release, service, environment, after: endedAt };
  const [dedupKey, ...also] = close;
  const told = await Promise.all([
    occasion === undefined
      ? []
      : attempt(
          scene,
          'Page',
          () => wake({ policy, ...pageOf(status, target, { policy, occasion, links: seen.links }) }, end),
          asleepWords,
        ),
    dedupKey === undefined
      ? []
      : attempt(scene, 'Close page', () => letSleep({ policy, dedupKey, also }, end)),
  ]);
  return told.flat();
}

async function writeDown(scene: Scene): Promise<readonly string[]> {
  const { target, incident: seen, announcer } = scene;
  const policy = target.environment.incidents;
  const { ticket, webhook } = policy ?? {};
  let ticketUrl: string | undefined;
  const opened =
    ticket === undefined
      ? []
      : await attempt(scene, 'Open ticket', async () => {
          const { url, note } = await incidents.openTicket.executeWithOptions(
            { summary: `Ticket in ${ticket.owner}/${ticket.repository}` },
            [{ ticket, ...ticketOf(seen) }],
          );
          ticketUrl = url;
          announcer.broadcast('ticket', `${seen.severity}: ${seen.displayName}, ${url}`);
          return note === undefined ? `ticket ${url}` : `ticket ${url} (${note})`;
        });
  const called =
    webhook === undefined
      ? []
      : await attempt(scene, 'Call web hook', async () => {
          const { status } = await incidents.callWebhook.executeWithOptions(
            { summary: `Web hook at ${hostOf(webhook)}` },
            [{ incident: seen, ...(ticketUrl === undefined ? {} : { ticketUrl }) }],
          );
          return `web hook answered ${status}`;
        });
  return [...opened, ...called];
}

function hostOf(webhook: WebhookRef): string {
  return 'host' in webhook ? webhook.host : new URL(webhook.url).host;
}

/** One that fails keeps none of the others from being done. `undone` is what its failure means, for the note. */
async function attempt(
  { progress }: Scene,
  step: string,
  work: () => Promise<string>,
  undone = step,
): Promise<readonly string[]> {
  try {
    return [await progress.step(step, work, { done: (words) => words })];
  } catch (error) {
    progress.note(`${undone}: ${reasonOf(error)}`);
    return [];
  }
}
