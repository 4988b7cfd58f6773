/** Releases beside the systems that hear of how they end: whoever pages, the code host, a web hook. */
import { expect } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { IncidentActivities, OpenTicketInput } from '../../src/activities/incidents/types.ts';
import type { PageInput, PagingActivities, PagingAnswer } from '../../src/activities/paging/types.ts';
import type { TemporalActivities } from '../../src/activities/temporal/types.ts';
import type { IncidentPolicy } from '../../src/domain/incident.ts';
import type { Change, PagingPolicy } from '../../src/domain/paging.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aTarget } from './a-target.ts';
import { aWorld, type World } from './fake-world.ts';
import { servedBy, type Bench } from './workflow-bench.ts';

export const paging: PagingPolicy = {
  url: 'http://127.0.0.1:1',
  on: ['failed', 'rollbackFailed'],
  changes: true,
  severity: 'error',
};
export const incidents: IncidentPolicy = {
  severity: 'SEV2',
  ticket: { owner: 'example', repository: 'shop', labels: ['incident'], assignees: [] },
  webhook: { host: 'hooks.example.com' },
  postMortem: true,
};
export const asked = { paging, incidents, announcement: { leadSeconds: 0 } };
export const ticketUrl = 'https://code.example.com/example/shop/issues/12';

/** What the vendors have heard, in order; `fail` makes the next calls of one of them fail. */
export interface Vendors {
  readonly heard: string[];
  readonly pages: PageInput[];
  readonly changes: Change[];
  readonly tickets: OpenTicketInput[];
  fail: (call: string) => void;
  /** Whether the worker has a key for the paging service. */
  hasKey: boolean;
  /** What Temporal knows of a later end of the target. */
  later: { readonly ended: 'well' | 'badly'; readonly release: string } | undefined;
}

export interface Scene {
  readonly world: World;
  readonly vendors: Vendors;
  start(type: string, input: object): Promise<WorkflowHandle>;
}

export async function aftermathScene(
  bench: Bench,
  environment: object,
  work: (scene: Scene) => Promise<void>,
): Promise<void> {
  const vendors: Vendors = {
    ...{ heard: [], pages: [], changes: [], tickets: [] },
    ...{ fail: () => undefined, hasKey: true, later: undefined },
  };
  let started = 0;
  const hear = (call: string): void => {
    vendors.fail(call);
    vendors.heard.push(call);
  };
  const paged = (call: string): Promise<PagingAnswer> => {
    if (!vendors.hasKey) return Promise.resolve({ outcome: 'unconfigured' });
    hear(call);
    return Promise.resolve({ outcome: 'accepted' });
  };
  const activities: PagingActivities & IncidentActivities & Pick<TemporalActivities, 'findEnd'> = {
    page: (page) => {
      vendors.pages.push(page);
      return paged(`page ${page.dedupKey} ${page.severity}`);
    },
    resolvePage: ({ dedupKey, also = [] }) => paged(`resolve ${[dedupKey, ...also].join(' ')}`),
    tellChange: (change) => {
      vendors.changes.push(change);
      return paged(`change ${change.source}`);
    },
    findEnd: ({ ended }) =>
      Promise.resolve(vendors.later?.ended === ended ? { release: vendors.later.release } : {}),
    openTicket: (input) => {
      hear('ticket');
      vendors.tickets.push(input);
      return Promise.resolve({ url: ticketUrl, number: 12 });
    },
    callWebhook: (input) => {
      // The path of its address may be the secret.
      expect(input).not.toHaveProperty('url');
      hear(`hook ${input.ticketUrl ?? 'without a ticket'}`);
      return Promise.resolve({ status: 204 });
    },
  };
  await bench.runWith(
    (taskQueue) => {
      const target = { ...aTarget({ environment }), temporalUi: 'https://temporal.example.com' };
      const world = aWorld(servedBy(taskQueue, target));
      Object.assign(world.activities, activities);
      return world;
    },
    async (world, taskQueue) => {
      const start = (type: string, input: object): Promise<WorkflowHandle> =>
        bench.env.client.workflow.start(type, {
          taskQueue,
          workflowId: `${taskQueue}-${type}-${(started += 1)}`,
          args: [{ service: 'shop', environment: 'dev', ...input }],
        });
      try {
        await work({ world, vendors, start });
      } finally {
        await bench.env.client.workflow
          .getHandle('target:shop:dev')
          .terminate()
          .catch(() => undefined);
      }
    },
  );
}

/** When something happened in a workflow, in milliseconds since 1970: its start and its last event. */
export async function spanOf(
  { env }: Bench,
  workflowId: string,
): Promise<{ readonly start: number; readonly end: number }> {
  const { events } = await env.client.workflow.getHandle(workflowId).fetchHistory();
  const times = (events ?? []).map(({ eventTime }) => Number(eventTime?.seconds) * 1_000);
  return { start: times[0] ?? NaN, end: times.at(-1) ?? NaN };
}

/** When a step ended, in milliseconds since 1970. */
export function endOf(status: ReleaseStatus, step: string): number {
  return Date.parse(status.steps.find(({ name }) => name === step)?.endedAt ?? '');
}
