/** What follows the end of a release: people are woken, things are written down, or an alarm is over. */
import {
  CancellationScope,
  condition,
  ParentClosePolicy,
  patched,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { aftermathOf, type Aftermath, type Touched } from '../domain/aftermath.ts';
import { incidentPatienceSeconds, maxSummaryBytes } from '../domain/defaults.ts';
import { failureTypes } from '../domain/failures.ts';
import { pageKey } from '../domain/paging-text.ts';
import { shortened } from '../domain/shortened.ts';
import type { IncidentStatus, ReleaseStatus } from '../domain/status.ts';
import { incidentWorkflowId } from '../domain/workflow-ids.ts';
import { paging } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { reasonOf, typeOf } from './failure.ts';
import type { incident, IncidentInput } from './incident.ts';
import { now } from './progress.ts';
import { identityAttributes } from './search-attributes.ts';

export type Scene = Pick<Stage, 'target' | 'progress' | 'announcer'> & { readonly startedAt: string };

/** Answers the final status, with what was done about it. */
export async function seeTo(scene: Scene, status: ReleaseStatus, touched: Touched): Promise<ReleaseStatus> {
  const { target, progress } = scene;
  const { page, writeDown, over } = aftermathOf(status, target.environment, touched);
  const keys = over.map((occasion) => pageKey(status, occasion));
  const close = keys.length === 0 ? keys : await closePages(scene, keys);
  const isIncident = page !== undefined || writeDown;
  if (!isIncident && close.length === 0) return { ...status, notes: progress.status.notes };
  const input = inputOf(scene, status, { page, writeDown, close });
  const incident = await CancellationScope.nonCancellable(() => startIncident(input, isIncident));
  if (isIncident) progress.set({ incident });
  return { ...status, notes: progress.status.notes, ...(isIncident ? { incident } : {}) };
}

function inputOf(
  { target, announcer, startedAt }: Scene,
  status: ReleaseStatus,
  asked: Pick<Aftermath, 'writeDown'> & {
    readonly page: Aftermath['page'] | undefined;
    readonly close: readonly string[];
  },
): IncidentInput {
  const { namespace, workflowId, runId } = workflowInfo();
  const { page, writeDown, close } = asked;
  return {
    ...{ target, status, startedAt, writeDown },
    endedAt: now(),
    run: { namespace, workflowId, runId },
    ...(page === undefined ? {} : { page }),
    ...(close.length === 0 ? {} : { close }),
    ...(announcer.opened === undefined ? {} : { message: announcer.opened }),
  };
}

/** It goes on by itself: a ticket system that is away must not hold the target. */
async function startIncident(input: IncidentInput, isAwaited: boolean): Promise<IncidentStatus> {
  const { release, service, environment } = input.status;
  const workflowId = ownIncidentId(input.status);
  const child = await startChild<typeof incident>('incident', {
    workflowId,
    args: [input],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    typedSearchAttributes: identityAttributes(input.status),
    staticSummary: shortened(`Incident: ${service} in ${environment}, release ${release}`, maxSummaryBytes),
  });
  let done: readonly string[] | undefined;
  void child.result().then(
    (result) => (done = result),
    () => (done = []),
  );
  if (isAwaited) {
    await condition(() => done !== undefined, `${incidentPatienceSeconds}s`, {
      summary: 'Waits for pages and tickets, but not for long',
    });
  }
  return { workflowId, done: done ?? [] };
}

function ownIncidentId({ release }: ReleaseStatus): string {
  return incidentWorkflowId(release, workflowInfo().runId);
}

/** Alarms are over. Where none is open, nothing happens. Answers those of which the vendor could not be told yet. */
async function closePages(
  { target, progress }: Scene,
  [dedupKey = '', ...also]: readonly string[],
): Promise<readonly string[]> {
  const policy = target.environment.paging;
  if (policy === undefined) return [];
  try {
    await CancellationScope.nonCancellable(() =>
      paging('bounded').resolvePage.executeWithOptions({ summary: 'Whoever was woken may sleep again' }, [
        { policy, dedupKey, also },
      ]),
    );
    return [];
  } catch (error) {
    const goesOn = typeOf(error) !== failureTypes.pagingRejected && patched('closes-pages-later');
    const why = reasonOf(error);
    const words = goesOn
      ? `${why.replace(/\.$/, '')}. ${ownIncidentId(progress.status)} goes on with it.`
      : why;
    progress.note(`The page of an earlier release may still be open: ${words}`);
    return goesOn ? [dedupKey, ...also] : [];
  }
}
