/** What follows the end of a release: people are woken, things are written down, or an alarm is over. */
import {
  CancellationScope,
  condition,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { aftermathOf } from '../domain/aftermath.ts';
import { maxSummaryBytes } from '../domain/defaults.ts';
import { pageKey } from '../domain/paging-text.ts';
import { shortened } from '../domain/shortened.ts';
import type { IncidentStatus, ReleaseStatus } from '../domain/status.ts';
import { incidentWorkflowId } from '../domain/workflow-ids.ts';
import { paging } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { reasonOf } from './failure.ts';
import type { incident, IncidentInput } from './incident.ts';
import { now } from './progress.ts';
import { identityAttributes } from './search-attributes.ts';

/** What is done by then is in the release's own result; the rest goes on without holding the target. */
const patience = '30s';

/** Answers the final status, with what was done about it. */
export async function seeTo(
  stage: Pick<Stage, 'target' | 'progress' | 'announcer'> & { readonly startedAt: string },
  status: ReleaseStatus,
  changed: boolean,
): Promise<ReleaseStatus> {
  const { target, progress, announcer, startedAt } = stage;
  const { page, writeDown, resolve } = aftermathOf(status, target.environment, changed);
  const closed = resolve ? await closePage(stage, status) : status;
  if (page === undefined && !writeDown) return closed;
  const { namespace, workflowId, runId } = workflowInfo();
  const input: IncidentInput = {
    ...{ target, status, startedAt, writeDown },
    endedAt: now(),
    run: { namespace, workflowId, runId },
    ...(page === undefined ? {} : { page }),
    ...(announcer.opened === undefined ? {} : { message: announcer.opened }),
  };
  const done = await CancellationScope.nonCancellable(() => startIncident(input));
  progress.set({ incident: done });
  return { ...closed, incident: done };
}

/** It goes on by itself: a ticket system that is away must not hold the target. */
async function startIncident(input: IncidentInput): Promise<IncidentStatus> {
  const { release, service, environment } = input.status;
  const workflowId = incidentWorkflowId(release, workflowInfo().runId);
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
  await condition(() => done !== undefined, patience, {
    summary: 'Waits for pages and tickets, but not for long',
  });
  return { workflowId, done: done ?? [] };
}

/** An alarm that an earlier release raised is over. Where none is open, nothing happens. */
async function closePage(
  { target, progress }: Pick<Stage, 'target' | 'progress'>,
  status: ReleaseStatus,
): Promise<ReleaseStatus> {
  const policy = target.environment.paging;
  if (policy === undefined) return status;
  try {
    await CancellationScope.nonCancellable(() =>
      paging('bounded').resolvePage.executeWithOptions({ summary: 'Whoever was woken may sleep again' }, [
        { policy, dedupKey: pageKey(status) },
      ]),
    );
    return status;
  } catch (error) {
    progress.note(`The page of an earlier release may still be open: ${reasonOf(error)}`);
    return { ...status, notes: progress.status.notes };
  }
}
