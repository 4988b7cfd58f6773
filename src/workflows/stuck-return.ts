/** Putting back is tried until the cluster answers. Whoever is on call hears of one that does not come through. */
import { CancellationScope, condition, isCancellation, patched, workflowInfo } from '@temporalio/workflow';
import { stuckReturnSeconds } from '../domain/defaults.ts';
import { incidentLinks } from '../domain/links.ts';
import { stuckPageOf } from '../domain/paging-text.ts';
import type { PagingPolicy } from '../domain/paging.ts';
import type { Stage } from './conduct.ts';
import { reasonOf } from './failure.ts';
import { wake } from './pagers.ts';
import { now } from './progress.ts';

interface Watched<T> {
  readonly result: T;
  /** Somebody was woken, or may have been. */
  readonly alarmed: boolean;
}

/** `why` is what is put back for. The work is neither stopped nor held up. */
export async function watchReturn<T>(stage: Stage, why: string, work: () => Promise<T>): Promise<Watched<T>> {
  const { environment, service } = stage.target;
  const policy = environment.paging;
  const isWatched = policy?.on.includes('rollbackFailed') === true && patched('stuck-returns-page');
  if (!isWatched) return { result: await work(), alarmed: false };
  return CancellationScope.nonCancellable(async () => {
    const since = now();
    let isOver = false;
    const working = work().finally(() => {
      isOver = true;
    });
    // A rollout that takes all the time it is given is slow, not stuck.
    const seconds = Math.max(stuckReturnSeconds, service.timeouts.rolloutSeconds);
    const summary = 'After this, whoever is on call hears that it does not come through';
    if (await condition(() => isOver, seconds * 1_000, { summary }))
      return { result: await working, alarmed: false };
    const alarm = new CancellationScope();
    const raised = alarm.run(() => raise(stage, policy, { since, why }));
    const result = await working;
    // A page that the vendor has not taken by now would wake somebody for what is over.
    alarm.cancel();
    await raised;
    return { result, alarmed: true };
  });
}

async function raise(
  { target, progress }: Stage,
  policy: PagingPolicy,
  { since, why }: { readonly since: string; readonly why: string },
): Promise<void> {
  const { namespace, workflowId, runId } = workflowInfo();
  const links = incidentLinks(target, target.environment.incidents ?? {}, {
    ...{ from: since, to: now() },
    run: { namespace, workflowId, runId },
  });
  const status = { ...progress.status, reason: why };
  const { release, service, environment } = status;
  try {
    await wake(
      { policy, ...stuckPageOf(status, target, { policy, since, links }) },
      { release, service, environment, after: since },
    );
  } catch (error) {
    if (!isCancellation(error))
      progress.note(`Nobody was paged while it was being put back: ${reasonOf(error)}`);
  }
}
